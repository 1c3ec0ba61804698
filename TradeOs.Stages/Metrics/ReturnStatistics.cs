namespace TradeOs.Stages;

/// <summary>Mean and spread of returns in one pass (B. P. Welford, 1962).</summary>
/// <param name="Count">Returns seen.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Squares">Sum of squared distances from the mean.</param>
internal sealed record ReturnStatistics(long Count, double Mean, double Squares)
{
    public static ReturnStatistics Empty { get; } = new(0, 0, 0);

    /// <summary>Mean over sample deviation, not annualised; 0 below two returns and when all are the same.</summary>
    internal double Sharpe => Count > 1 && Squares > 0 ? Mean / Math.Sqrt(Squares / (Count - 1)) : 0;

    public ReturnStatistics Add(double value)
    {
        var count = Count + 1;
        var distance = value - Mean;
        var mean = Mean + (distance / count);
        return new(count, mean, Squares + (distance * (value - mean)));
    }
}

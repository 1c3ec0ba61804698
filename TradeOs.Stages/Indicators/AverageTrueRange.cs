namespace TradeOs.Stages;

/// <summary>Wilder's average true range: how far a bar moves, gaps included. The first bar only gives a close to
/// measure from.</summary>
/// <param name="Close">Close of the last bar; null before the first.</param>
/// <param name="Average">Of the true ranges.</param>
internal sealed record AverageTrueRange(double? Close, WilderAverage Average)
{
    public static AverageTrueRange Empty { get; } = new(null, WilderAverage.Empty);

    /// <summary>The range; null until the average is seeded, by period + 1 bars.</summary>
    internal double? Value => Average.IsReady ? Average.Value : null;

    public AverageTrueRange Add(FinishedBar bar, int period)
    {
        if (Close is not { } before) return new(bar.Close, Average);
        var range = Math.Max(bar.High, before) - Math.Min(bar.Low, before);
        return new(bar.Close, Average.Add(range, period));
    }
}

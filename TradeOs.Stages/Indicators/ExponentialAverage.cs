namespace TradeOs.Stages;

/// <summary>Exponential moving average, seeded with the simple average of its first values.</summary>
/// <param name="Count">Values seen, up to the period.</param>
/// <param name="Value">The average; while it is being seeded, the sum so far.</param>
internal sealed record ExponentialAverage(int Count, double Value)
{
    public static ExponentialAverage Empty { get; } = new(0, 0);

    /// <summary>Whether <see cref="Value"/> is an average yet.</summary>
    public bool IsReady(int period) => Count >= period;

    public ExponentialAverage Add(double value, int period)
    {
        if (IsReady(period)) return this with { Value = Value + ((value - Value) * 2 / (period + 1)) };
        var sum = Value + value;
        return Count + 1 < period ? new(Count + 1, sum) : new(period, sum / period);
    }
}

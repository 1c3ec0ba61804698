namespace TradeOs.Stages;

/// <summary>Exponential moving average, seeded with the simple average of its first values. An average goes on as one
/// when options change the period.</summary>
/// <param name="Value">The average; while it is being seeded, the sum so far.</param>
/// <param name="Seeding">Values in the sum; null once there is an average.</param>
internal sealed record ExponentialAverage(double Value, int? Seeding)
{
    public static ExponentialAverage Empty { get; } = new(0, 0);

    /// <summary>Whether <see cref="Value"/> is an average yet.</summary>
    internal bool IsReady => Seeding is null;

    public ExponentialAverage Add(double value, int period)
    {
        if (Seeding is not { } seen) return this with { Value = Value + ((value - Value) * 2 / (period + 1)) };
        var (sum, count) = (Value + value, seen + 1);
        return count < period ? new(sum, count) : new(sum / count, null);
    }
}

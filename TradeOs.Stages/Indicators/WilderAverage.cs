namespace TradeOs.Stages;

/// <summary>J. Welles Wilder's smoothing (1978): each value counts one part in the period; seeded with a simple
/// average. An average goes on as one when options change the period.</summary>
/// <param name="Value">The average; while it is being seeded, the sum so far.</param>
/// <param name="Seeding">Values in the sum; null once there is an average.</param>
internal sealed record WilderAverage(double Value, int? Seeding)
{
    public static WilderAverage Empty { get; } = new(0, 0);

    /// <summary>Whether <see cref="Value"/> is an average yet.</summary>
    internal bool IsReady => Seeding is null;

    public WilderAverage Add(double value, int period)
    {
        if (Seeding is not { } seen) return this with { Value = ((Value * (period - 1)) + value) / period };
        var (sum, count) = (Value + value, seen + 1);
        return count < period ? new(sum, count) : new(sum / count, null);
    }
}

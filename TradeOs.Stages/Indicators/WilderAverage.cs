namespace TradeOs.Stages;

/// <summary>J. Welles Wilder's smoothing (1978): each value counts one part in the period; seeded with a simple
/// average.</summary>
/// <param name="Count">Values seen, up to the period.</param>
/// <param name="Value">The average; while it is being seeded, the sum so far.</param>
internal sealed record WilderAverage(int Count, double Value)
{
    public static WilderAverage Empty { get; } = new(0, 0);

    /// <summary>Whether <see cref="Value"/> is an average yet.</summary>
    public bool IsReady(int period) => Count >= period;

    public WilderAverage Add(double value, int period)
    {
        if (IsReady(period)) return this with { Value = ((Value * (period - 1)) + value) / period };
        var sum = Value + value;
        return Count + 1 < period ? new(Count + 1, sum) : new(period, sum / period);
    }
}

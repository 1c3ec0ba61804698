using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>What feasibility keeps for all symbols.</summary>
/// <param name="Intents">Which intents were decided.</param>
/// <param name="Orders">Orders approved; the next one is numbered one higher.</param>
/// <param name="Exposure">Worst-case cost of all positions, quote currency.</param>
/// <param name="Entries">Event times of the entries approved last, in the order approved, at most as many as the rate
/// allows.</param>
internal sealed record FeasibilityState(
    SeenNumbers Intents, long Orders, decimal Exposure, ImmutableArray<DateTime> Entries)
{
    public static FeasibilityState Empty { get; } = new(SeenNumbers.None, 0, 0, []);

    /// <summary>Entries less than <paramref name="window"/> before or after that time: one that was stamped wrong
    /// counts only near the time it claims.</summary>
    public int EntriesWithin(TimeSpan window, DateTime at)
    {
        var count = 0;
        foreach (var entry in Entries)
            if ((at - entry).Duration() < window) count++;
        return count;
    }

    public FeasibilityState CountEntry(DateTime at, int countMax) =>
        this with { Entries = [.. Entries.AsSpan()[Math.Max(0, Entries.Length + 1 - countMax)..], at] };
}

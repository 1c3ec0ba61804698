using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>What feasibility keeps for all symbols.</summary>
/// <param name="LastIntent">Largest intent number decided; intents are numbered in order, so nothing at or below it
/// is new.</param>
/// <param name="Orders">Orders approved; the next one is numbered one higher.</param>
/// <param name="Exposure">Worst-case cost of all positions, quote currency.</param>
/// <param name="SeenAt">Largest event time seen: the clock of the rate.</param>
/// <param name="Entries">When entries were approved, oldest first, at most as many as the rate allows.</param>
internal sealed record FeasibilityState(
    long LastIntent, long Orders, decimal Exposure, DateTime SeenAt, ImmutableArray<DateTime> Entries)
{
    public static FeasibilityState Empty { get; } = new(0, 0, 0, DateTime.MinValue, []);

    public FeasibilityState Saw(long intent, DateTime at) =>
        this with { LastIntent = intent, SeenAt = at > SeenAt ? at : SeenAt };

    public int EntriesWithin(TimeSpan window)
    {
        var count = 0;
        for (var index = Entries.Length - 1; index >= 0 && SeenAt - Entries[index] < window; index--) count++;
        return count;
    }

    public FeasibilityState CountEntry(TimeSpan window, int countMax)
    {
        var kept = Math.Min(EntriesWithin(window), countMax - 1);
        return this with { Entries = [.. Entries.AsSpan()[(Entries.Length - kept)..], SeenAt] };
    }
}

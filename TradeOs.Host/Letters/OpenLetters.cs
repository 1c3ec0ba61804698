using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>How many letters nobody has resolved, at the price of one read.</summary>
/// <param name="Count">Open letters among the entries looked at.</param>
/// <param name="IsAll">Whether these were all entries; otherwise there may be more.</param>
internal sealed record OpenLetters(long Count, bool IsAll)
{
    /// <summary>Entries looked at, the newest: a resolution stands behind its letter, so the count of these is
    /// exact.</summary>
    public const int EntryCountMax = 1000;

    /// <summary>Counts.</summary>
    public static async Task<OpenLetters> CountAsync(BusLook look, CancellationToken cancellationToken)
    {
        var stream = await look.Bus.InspectStreamAsync(StreamNames.DeadLetters, cancellationToken);
        if (stream.Length == 0) return new OpenLetters(0, true);
        var open = new HashSet<EntryId>();
        foreach (var entry in await look.LastAsync(StreamNames.DeadLetters, EntryCountMax))
        {
            if (Resolution.Read(entry.Fields) is { } resolution) open.Remove(resolution.Letter);
            else if (DeadLetter.Read(entry.Fields) is not null) open.Add(entry.Id);
        }

        return new OpenLetters(open.Count, stream.Length <= EntryCountMax);
    }
}

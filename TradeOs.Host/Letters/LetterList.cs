using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>The letters of <c>dead.letters</c>.</summary>
/// <param name="Letters">The newest that were asked for, oldest first.</param>
/// <param name="Open">Letters nobody has resolved, as far as they match what was asked for.</param>
/// <param name="Matching">Letters that match, shown or not.</param>
/// <param name="Requeued">Requeues in the whole stream.</param>
/// <param name="Dropped">Drops in the whole stream.</param>
/// <param name="Unreadable">Entries that are neither letter nor resolution.</param>
/// <param name="Trimmed">Entries older than all of them that have been trimmed away.</param>
internal sealed record LetterList(
    ImmutableArray<LetterLine> Letters, long Open, long Matching, long Requeued, long Dropped, long Unreadable,
    long Trimmed)
{
    /// <summary>Walks through the whole stream twice: what was resolved, then the letters; it keeps
    /// <paramref name="countMax"/> of them at most.</summary>
    /// <param name="look">Where.</param>
    /// <param name="isAsked">Which letters.</param>
    /// <param name="withResolved">Also those that were resolved.</param>
    /// <param name="countMax">How many of the newest.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public static async Task<LetterList> ReadAsync(
        BusLook look, Func<DeadLetter, bool> isAsked, bool withResolved, int countMax,
        CancellationToken cancellationToken)
    {
        var stream = await LetterStream.ReportAsync(look, cancellationToken);
        var resolutions = await ResolutionsAsync(look, stream.LastId, cancellationToken);
        var kept = new Queue<LetterLine>();
        var (open, matching, unreadable) = (0L, 0L, 0L);
        await foreach (var entry in LetterStream.BetweenAsync(look, EntryId.Zero, stream.LastId, cancellationToken))
        {
            if (Resolution.Read(entry.Fields) is not null) continue;
            if (DeadLetter.Read(entry.Fields) is not { } letter)
            {
                unreadable++;
                continue;
            }

            var resolution = resolutions.GetValueOrDefault(entry.Id);
            if (!isAsked(letter)) continue;
            if (resolution is null) open++;
            if (resolution is not null && !withResolved) continue;
            matching++;
            kept.Enqueue(new LetterLine(entry.Id, letter, resolution));
            if (kept.Count > countMax) kept.Dequeue();
        }

        var requeued = resolutions.Values.Count(resolution => resolution.IsRequeue);
        return new LetterList(
            [.. kept], open, matching, requeued, resolutions.Count - requeued, unreadable,
            stream.Added - stream.Length);
    }

    private static async Task<Dictionary<EntryId, Resolution>> ResolutionsAsync(
        BusLook look, EntryId last, CancellationToken cancellationToken)
    {
        var resolutions = new Dictionary<EntryId, Resolution>();
        await foreach (var entry in LetterStream.BetweenAsync(look, EntryId.Zero, last, cancellationToken))
        {
            if (Resolution.Read(entry.Fields) is { } resolution) resolutions[resolution.Letter] = resolution;
        }

        return resolutions;
    }
}

/// <summary>One letter of a list.</summary>
/// <param name="Id">Its id in <c>dead.letters</c>.</param>
/// <param name="Letter">What it says.</param>
/// <param name="Resolution">What was done about it; null while it is open.</param>
internal sealed record LetterLine(EntryId Id, DeadLetter Letter, Resolution? Resolution);

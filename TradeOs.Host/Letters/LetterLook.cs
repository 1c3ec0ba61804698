using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>One entry of <c>dead.letters</c>, and what was done about it.</summary>
/// <param name="Entry">The entry; null when the stream does not hold it.</param>
/// <param name="Letter">What it says; null when it is no letter.</param>
/// <param name="Resolution">What was done about it; null while it is open.</param>
/// <param name="ResolvedAt">Id of the resolution.</param>
/// <param name="Stream">The stream, as it was before it was looked through: everything up to its last id is known
/// here.</param>
internal sealed record LetterLook(
    Entry? Entry, DeadLetter? Letter, Resolution? Resolution, EntryId ResolvedAt, StreamReport Stream)
{
    /// <summary>Looks for a letter, then for a resolution in everything behind it.</summary>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public static async Task<LetterLook> FindAsync(BusLook look, EntryId id, CancellationToken cancellationToken)
    {
        var stream = await LetterStream.ReportAsync(look, cancellationToken);
        if (await look.EntryAsync(StreamNames.DeadLetters, id, cancellationToken) is not { } entry)
            return new LetterLook(null, null, null, default, stream);
        var letter = DeadLetter.Read(entry.Fields);
        await foreach (var later in LetterStream.BetweenAsync(look, id, stream.LastId, cancellationToken))
        {
            if (Stages.Resolution.Read(later.Fields) is { } resolution && resolution.Letter == id)
                return new LetterLook(entry, letter, resolution, later.Id, stream);
        }

        return new LetterLook(entry, letter, null, default, stream);
    }

    /// <summary>Why nothing can be done about it, and the next move; null when it is an open letter.</summary>
    public string? RefusalOf(EntryId id)
    {
        var where = $"{StreamNames.DeadLetters}/{id}";
        if (Entry is not { } entry)
        {
            var trimmed = Stream.Added - Stream.Length;
            return $"{where}: no such entry among the {Stream.Length} the stream holds" +
                (trimmed > 0 ? $", {trimmed} older ones have been trimmed away" : "") +
                "; expected the id of a letter. Look for it with: tradeos dead list --all";
        }

        if (Stages.Resolution.Read(entry.Fields) is { } note)
            return $"{where}: is the resolution of letter {note.Letter}, expected the id of a letter.";
        if (Letter is null)
        {
            return $"{where}: is no dead letter as a stage writes it, expected the fields stage stream id error " +
                $"length sha256 raw, the last three belonging together. Look at it with: redis-cli XRANGE " +
                $"{StreamNames.DeadLetters} {id} {id}";
        }

        return Resolution is null
            ? null
            : $"{where}: was {Said(Resolution)} on {LetterStream.WrittenAt(ResolvedAt)} by {ResolvedAt}, reason " +
              $"\"{EntryText.Show(Resolution.Reason)}\", expected an open letter: each is resolved once. Nothing was " +
              "written.";
    }

    /// <summary>What was done, for people: <c>requeued as fills/7-0</c>.</summary>
    public static string Said(Resolution resolution) => resolution.IsRequeue
        ? $"requeued as {EntryText.Show(resolution.Stream)}/{resolution.Entry}"
        : "dropped";
}

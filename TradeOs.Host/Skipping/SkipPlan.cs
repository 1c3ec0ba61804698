using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Looks whether an entry is the one a stage reads next; writes nothing.</summary>
internal sealed class SkipPlan(BusLook look, ReaderDefinition stage, EntryId id)
{
    /// <summary>How the error of a skipped entry's letter begins.</summary>
    public const string Mark = "skipped by operator: ";

    private readonly string _where = $"{stage.Input}/{id}";

    /// <summary>Why it cannot be skipped: what was found, what was expected, the next move; null when it can.</summary>
    /// <exception cref="BusUnavailableException">Redis is away.</exception>
    public async Task<string?> RefusalAsync(CancellationToken cancellationToken)
    {
        if (await look.Bus.InspectReaderAsync(stage.Name, cancellationToken) is not { } checkpoint)
        {
            return $"{_where}: {stage.Name} never ran on this Redis, expected one that stopped at an entry. Nothing " +
                "was written. Is it the right one? See --redis and --data.";
        }

        var next = await look.Bus.RangeAsync(stage.Input!, checkpoint.Position, 1, cancellationToken);
        var expected = next is [var entry, ..]
            ? $"expected its next one, {entry.Id}. Nothing was written. If that is meant: tradeos skip {stage.Name} " +
              $"{entry.Id} --reason WHY"
            : $"and has processed everything in {stage.Input}: there is nothing to skip. Nothing was written.";
        if (id <= checkpoint.Position) return $"{_where}: {await DoneAsync(checkpoint, cancellationToken)}, {expected}";
        if (next is [var first, ..] && first.Id == id) return null;
        var isThere = await look.EntryAsync(stage.Input!, id, cancellationToken) is not null;
        return $"{_where}: is {(isThere ? "not the entry" : "no entry of the stream, and not the one")} that " +
            $"{stage.Name} reads next; it is at {checkpoint.Position}, {expected}";
    }

    /// <summary>The letter that keeps the skipped entry.</summary>
    public async Task<EntryId?> LetterAsync(CancellationToken cancellationToken)
    {
        var stream = await LetterStream.ReportAsync(look, cancellationToken);
        EntryId? found = null;
        await foreach (var entry in LetterStream.BetweenAsync(look, EntryId.Zero, stream.LastId, cancellationToken))
        {
            if (DeadLetter.Read(entry.Fields) is { } letter && IsOurs(letter)) found = entry.Id;
        }

        return found;
    }

    private async Task<string> DoneAsync(Checkpoint checkpoint, CancellationToken cancellationToken) =>
        await LetterAsync(cancellationToken) is { } letter
            ? $"was skipped before, as dead letter {letter}; {stage.Name} is at {checkpoint.Position}"
            : $"was processed before; {stage.Name} is at {checkpoint.Position}";

    private bool IsOurs(DeadLetter letter) =>
        letter.Stage == stage.Name && letter.Id == id.ToString()
        && letter.Error.StartsWith(Mark, StringComparison.Ordinal);
}

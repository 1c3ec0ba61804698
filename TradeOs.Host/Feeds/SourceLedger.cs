using System.Globalization;

namespace TradeOs.Host;

/// <summary>Every source the feed has ever met, as committed, and where a source met again stands among them.</summary>
/// <remarks>
/// A source is known by format, symbol and content, not by path: the same bytes under another name are the same source.
/// </remarks>
internal sealed class SourceLedger(IReadOnlyDictionary<string, string> state)
{
    private readonly SortedDictionary<int, SourceRecord> _records = Read(state);

    /// <summary>Everything else the feed keeps.</summary>
    public IReadOnlyDictionary<string, string> State { get; } = state;

    /// <summary>Number and record of a file; one never met starts at row 0.</summary>
    /// <exception cref="FeedFileException">A file of this name was fed with other content.</exception>
    public async Task<(int Number, SourceRecord Record)> FindAsync(
        FeedSpec spec, FeedFile file, string digest, CancellationToken cancellationToken)
    {
        var fresh = new SourceRecord(
            FeedSpec.WordOf(spec.Format), spec.Symbol, spec.Source, file.Name, digest, file.Bytes, "", 0, 0, 0, false);
        var alike = _records
            .Where(known => known.Value.Format == fresh.Format && known.Value.Symbol == fresh.Symbol
                && !StandardInputSource.IsOne(known.Value))
            .ToList();
        foreach (var (number, known) in alike)
            if (known.Digest == digest) return (number, known);
        foreach (var (number, known) in alike)
            if (await HasGrownAsync(known, file, cancellationToken))
                return (number, known with { Digest = digest, Bytes = file.Bytes, Name = file.Name, Finished = false });
        foreach (var (_, known) in alike)
            if (known.Name == file.Name && known.Source == spec.Source) throw Changed(file, known);
        return (Add(fresh), fresh);
    }

    /// <summary>Number and record of a simulation.</summary>
    public (int Number, SourceRecord Record) Find(FeedSpec spec, Simulation simulation)
    {
        var word = FeedSpec.WordOf(FeedFormat.Simulated);
        foreach (var (number, known) in _records)
            if ((known.Format, known.Digest, known.Source) == (word, simulation.Identity, spec.Source))
                return (number, known);
        var fresh = new SourceRecord(word, "", spec.Source, word, simulation.Identity, 0, "", 0, 0, 0, false);
        return (Add(fresh), fresh);
    }

    /// <summary>
    /// Number and record of standard input; <paramref name="before"/> is what another run took of it.
    /// </summary>
    /// <remarks>
    /// What was piped cannot be read again, so every run begins a new source. It takes the place of the one before:
    /// what the feed keeps does not grow with the number of runs.
    /// </remarks>
    public (int Number, SourceRecord Record) FindInput(FeedSpec spec, string run, out SourceRecord? before)
    {
        var fresh = new SourceRecord(
            FeedSpec.WordOf(spec.Format), spec.Symbol, spec.Source, FeedFile.StandardInputName, run, 0, "", 0, 0, 0,
            false);
        before = null;
        foreach (var (number, known) in _records)
        {
            if (!StandardInputSource.IsOne(known)) continue;
            if (known.Digest == run) return (number, known);
            before = known;
            return (number, fresh);
        }

        return (Add(fresh), fresh);
    }

    /// <summary>
    /// Whether the file begins with everything that was fed of it, row by row. Of packed files nobody can tell.
    /// </summary>
    private static async Task<bool> HasGrownAsync(
        SourceRecord known, FeedFile file, CancellationToken cancellationToken) =>
        file.Packing == FeedPacking.None && known.Bytes > 0 && known.Bytes < file.Bytes
        && !known.Layout.Contains(BarSurvey.NewestFirst, StringComparison.Ordinal) && file.HasRowEndAt(known.Bytes)
        && await file.DigestAsync(known.Bytes, cancellationToken) == known.Digest;

    private static FeedFileException Changed(FeedFile file, SourceRecord known) => new(
        $"{file.Path}: a file of this name was fed before with other content ({known.Bytes} bytes, {known.Rows} " +
        $"rows, SHA-256 {known.Digest[..12]}...), now it has {file.Bytes} bytes and does not just go on behind them, " +
        "expected the same rows and maybe more. Give it another name or another ,source=N to feed all of it as a " +
        "source of its own.");

    private static SortedDictionary<int, SourceRecord> Read(IReadOnlyDictionary<string, string> state)
    {
        var records = new SortedDictionary<int, SourceRecord>();
        foreach (var (key, value) in state)
        {
            if (!key.StartsWith(SourceRecord.KeyPrefix, StringComparison.Ordinal)) continue;
            var number = int.Parse(key.AsSpan(SourceRecord.KeyPrefix.Length), CultureInfo.InvariantCulture);
            records[number] = SourceRecord.Parse(value);
        }

        return records;
    }

    private int Add(SourceRecord fresh)
    {
        var number = _records.Count == 0 ? 1 : _records.Keys.Last() + 1;
        _records[number] = fresh;
        return number;
    }
}

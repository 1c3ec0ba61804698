using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace TradeOs.Host;

/// <summary>Opens the sources of a run where the feed's state says they stand.</summary>
internal sealed partial class FeedSources(ImmutableArray<FeedSpec> specs, TimeProvider time, ILogger logger)
{
    // A file is digested once in a process: it is read up to the bytes it had then.
    private readonly Dictionary<FeedSpec, (FeedFile File, string Digest)> _files = [];
    private bool _hasSaid;

    /// <summary>Bytes of all files, once opened.</summary>
    public long BytesTotal => _files.Values.Sum(known => known.File.Bytes);

    /// <summary>What was fed of sources that are not read again.</summary>
    public ImmutableArray<SourceRecord> Skipped { get; private set; } = [];

    /// <summary>Opens what is not finished, in the order given.</summary>
    /// <exception cref="FeedFileException">A file is not what it was, or not a file of rows.</exception>
    public async Task<FeedMerge> OpenAsync(
        IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken)
    {
        var ledger = new SourceLedger(state);
        var skipped = ImmutableArray.CreateBuilder<SourceRecord>();
        var wanted = new List<(FeedSpec Spec, int Number, SourceRecord Record)>();
        foreach (var spec in specs)
        {
            var (number, record) = await FindAsync(ledger, spec, cancellationToken);
            var isTwice = wanted.Any(other => other.Number == number);
            if (isTwice) skipped.Add(record with { Accepted = 0, Refused = 0 });
            else if (HasEnded(spec, record)) skipped.Add(record);
            else wanted.Add((spec, number, record));
            if (!_hasSaid) Say(spec, record, isTwice);
        }

        _hasSaid = true;
        Skipped = skipped.ToImmutable();
        return new FeedMerge([.. wanted.Select(source => Open(source.Spec, source.Number, source.Record, state))]);
    }

    private static bool HasEnded(FeedSpec spec, SourceRecord record) =>
        spec.Simulation is { } simulation ? record.Rows >= simulation.End : record.Finished;

    private async Task<(int Number, SourceRecord Record)> FindAsync(
        SourceLedger ledger, FeedSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Simulation is { } simulation) return ledger.Find(spec, simulation);
        if (!_files.TryGetValue(spec, out var known))
        {
            var file = FeedFile.Open(spec.Path);
            _files[spec] = known = (file, await file.DigestAsync(file.Bytes, cancellationToken));
        }

        return await ledger.FindAsync(spec, known.File, known.Digest, cancellationToken);
    }

    private IFeedSource Open(
        FeedSpec spec, int number, SourceRecord record, IReadOnlyDictionary<string, string> state) =>
        spec.Simulation is { } simulation
            ? new SimulatedSource(number, record, simulation, state, time)
            : new FileSource(number, record, _files[spec].File, spec);

    private void Say(FeedSpec spec, SourceRecord record, bool isTwice)
    {
        if (isTwice) Twice(logger, record.Name, spec.Path);
        else if (HasEnded(spec, record)) Finished(logger, record.Name, record.Rows, record.Accepted, record.Refused);
        else if (record.Rows > 0) Continues(logger, record.Name, record.Rows);
    }

    [LoggerMessage(340, LogLevel.Information,
        "{Source} was fed to its end before ({Rows} rows, {Accepted} accepted, {Refused} refused): skipped")]
    private static partial void Finished(ILogger logger, string source, long rows, long accepted, long refused);

    [LoggerMessage(341, LogLevel.Information, "{Source} goes on behind its first {Rows} rows")]
    private static partial void Continues(ILogger logger, string source, long rows);

    [LoggerMessage(342, LogLevel.Warning, "{Source} is given twice, the second time as {Path}: fed once")]
    private static partial void Twice(ILogger logger, string source, string path);
}

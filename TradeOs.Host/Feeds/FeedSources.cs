using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace TradeOs.Host;

/// <summary>Opens the sources of a run where the feed's state says they stand.</summary>
internal sealed partial class FeedSources
{
    private readonly ImmutableArray<FeedSpec> _specs;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<FeedSpec, KnownFile> _files = [];
    private readonly Dictionary<FeedSpec, FeedDirectory> _directories = [];
    private readonly Lazy<StandardInputSource?> _input;
    private bool _hasSaid;

    /// <summary>Looks at what can be told before anything starts.</summary>
    /// <param name="specs">What to feed.</param>
    /// <param name="openInput">Opens standard input, when it is a source.</param>
    /// <param name="time">The clock of paced sources and of the simulator.</param>
    /// <param name="logger">What is passed over or skipped is said once.</param>
    /// <exception cref="FeedSpecException">The specs cannot be fed as they are.</exception>
    public FeedSources(
        ImmutableArray<FeedSpec> specs, Func<Stream> openInput, TimeProvider time, ILogger logger)
    {
        FeedSpecs.Check(specs);
        (_specs, _time, _logger) = (specs, time, logger);
        foreach (var spec in specs)
            if (spec.IsDirectory) _directories[spec] = FeedDirectory.Open(spec.Path);
        _input = new Lazy<StandardInputSource?>(() =>
            specs.FirstOrDefault(spec => spec.IsStandardInput) is { } spec
                ? new StandardInputSource(spec, openInput())
                : null);
    }

    /// <summary>Bytes of all files, once opened.</summary>
    public long BytesTotal =>
        _specs.Distinct().Sum(spec => _files.TryGetValue(spec, out var known) ? known.File.Bytes : 0)
        + _directories.Values.Sum(directory => directory.Bytes);

    /// <summary>What was fed of sources that are not read again.</summary>
    public ImmutableArray<SourceRecord> Skipped { get; private set; } = [];

    /// <summary>Opens what is not finished, in the order given.</summary>
    /// <exception cref="FeedFileException">A file is not what it was, or not a file of rows.</exception>
    public async Task<FeedMerge> OpenAsync(
        IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken)
    {
        var opening = new SourceOpening(new SourceLedger(state), _files);
        var skipped = ImmutableArray.CreateBuilder<SourceRecord>();

        // None begins to read before all are found.
        var wanted = new List<Func<IFeedSource>>();
        foreach (var spec in _specs)
        {
            if (spec.IsDirectory) wanted.Add(OpenDirectory(spec, opening));
            else if (spec.IsStandardInput) wanted.Add(() => OpenInput(opening.Ledger));
            else if (await FindAsync(spec, opening, skipped, state, cancellationToken) is { } open) wanted.Add(open);
        }

        _hasSaid = true;
        Skipped = skipped.ToImmutable();
        var pace = _specs.FirstOrDefault(spec => spec.IsPaced) is { } paced
            ? new PaceClock(paced.Pace!.Value, _time)
            : null;
        return new FeedMerge([.. wanted.Select(open => open())], pace);
    }

    private static bool HasEnded(FeedSpec spec, SourceRecord record) =>
        spec.Simulation is { } simulation ? record.Rows >= simulation.End : record.Finished;

    private async Task<Func<IFeedSource>?> FindAsync(
        FeedSpec spec, SourceOpening opening, ImmutableArray<SourceRecord>.Builder skipped,
        IReadOnlyDictionary<string, string> state, CancellationToken cancellationToken)
    {
        var found = spec.Simulation is null ? await opening.FindAsync(spec, cancellationToken) : null;
        var (number, record) = found is null
            ? opening.Ledger.Find(spec, spec.Simulation!)
            : (found.Number, found.Record);
        var hasEnded = HasEnded(spec, record);
        var isTwice = !hasEnded && !opening.Claim(number);
        if (!_hasSaid) Say(spec, record, isTwice);
        if (isTwice) skipped.Add(record with { Accepted = 0, Refused = 0 });
        else if (hasEnded) skipped.Add(record);
        else if (found is null) return () => new SimulatedSource(number, record, spec.Simulation!, state, _time);
        else return () => new FileSource(number, record, found.File, spec);
        return null;
    }

    private Func<IFeedSource> OpenDirectory(FeedSpec spec, SourceOpening opening)
    {
        var directory = _directories[spec];
        var isSilent = _hasSaid;
        if (!_hasSaid) SayTaken(directory);
        return () => new DirectorySource(directory, spec, opening, isSilent, _logger);
    }

    private StandardInputSource OpenInput(SourceLedger ledger)
    {
        var input = _input.Value!;
        if (input.Open(ledger) is { } before)
            AnotherRun(_logger, before.Rows, before.Accepted, before.Refused);
        return input;
    }

    private void Say(FeedSpec spec, SourceRecord record, bool isTwice)
    {
        if (isTwice) Twice(_logger, record.Name, spec.Path);
        else if (HasEnded(spec, record)) Finished(_logger, record.Name, record.Rows, record.Accepted, record.Refused);
        else if (record.Rows > 0) Continues(_logger, record.Name, record.Rows);
    }

    private void SayTaken(FeedDirectory directory)
    {
        var (first, last) = (Path.GetFileName(directory.Files[0]), Path.GetFileName(directory.Files[^1]));
        Takes(_logger, directory.Path, directory.Files.Length, first, last);
        if (directory.PassedOver.Length > 0)
            PassesOver(_logger, directory.Path, NameList.Of(directory.PassedOver));
    }

    [LoggerMessage(340, LogLevel.Information,
        "{Source} was fed to its end before ({Rows} rows, {Accepted} accepted, {Refused} refused): skipped")]
    private static partial void Finished(ILogger logger, string source, long rows, long accepted, long refused);

    [LoggerMessage(341, LogLevel.Information, "{Source} goes on behind its first {Rows} rows")]
    internal static partial void Continues(ILogger logger, string source, long rows);

    [LoggerMessage(342, LogLevel.Warning, "{Source} is given twice, the second time as {Path}: fed once")]
    private static partial void Twice(ILogger logger, string source, string path);

    [LoggerMessage(344, LogLevel.Information,
        "{Directory}: {Files} files in the order of their names, {First} to {Last}")]
    private static partial void Takes(ILogger logger, string directory, int files, string first, string last);

    [LoggerMessage(345, LogLevel.Information, "{Directory}: passed over, as hidden or of another ending: {Names}")]
    private static partial void PassesOver(ILogger logger, string directory, string names);

    [LoggerMessage(346, LogLevel.Information,
        "Standard input is a new source. The run before took {Rows} rows of its own ({Accepted} accepted, {Refused} " +
        "refused), they stay fed: of the same stream pipe only what comes behind them")]
    private static partial void AnotherRun(ILogger logger, long rows, long accepted, long refused);
}

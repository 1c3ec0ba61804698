using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// The files of a directory as one source: one after another in the order of their names, one open at a time.
/// </summary>
/// <remarks>Each is known by its own content, as if it were given alone: finished ones are passed over.</remarks>
internal sealed partial class DirectorySource(
    FeedDirectory directory, FeedSpec spec, SourceOpening opening, bool isSilent, ILogger logger) : IFeedSource
{
    private readonly List<string> _twice = [];
    private FileSource? _current;
    private FileSource? _left;
    private int _next;
    private int _skipped;
    private SourceRecord _sum = new(
        FeedSpec.WordOf(spec.Format), spec.Symbol, spec.Source, directory.Path, "", directory.Bytes, "", 0, 0, 0,
        false);

    private long _bytesRead;

    public string Name => _current?.Name ?? directory.Path;

    public SourceRecord Record => _current is null ? _sum : Plus(_current.Record);

    public long BytesRead => _bytesRead + (_current?.BytesRead ?? 0);

    public bool IsPaced => spec.IsPaced;

    public string? WaitsFor => _current is null && _next < directory.Files.Length
        ? $"a look at {Path.GetFileName(directory.Files[_next])}"
        : null;

    public HeadState Peek(out FeedHead head)
    {
        head = default;
        if (_current is null) return _next == directory.Files.Length ? HeadState.Ended : HeadState.Waiting;
        var state = _current.Peek(out head);
        if (state != HeadState.Ended) return state;
        Leave(_current);
        return Peek(out head);
    }

    public void Take() => _current!.Take();

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_current is null) await EnterAsync(cancellationToken);
        else await _current.WaitAsync(cancellationToken);
    }

    public void Save(Batch batch)
    {
        _left?.Save(batch);
        _current?.Save(batch);
    }

    public async ValueTask DisposeAsync()
    {
        if (_left is not null) await _left.DisposeAsync();
        if (_current is not null) await _current.DisposeAsync();
    }

    /// <summary>Goes to the next file that is not finished; none is left when the directory ends here.</summary>
    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        // What the last file changed was saved before anybody waited.
        if (_left is not null) await _left.DisposeAsync();
        _left = null;
        while (_current is null && _next < directory.Files.Length)
        {
            var file = spec.ForFile(directory.Files[_next]);
            var found = await opening.FindAsync(file, cancellationToken);
            _next++;
            if (!opening.Claim(found.Number)) _twice.Add(found.File.Name);
            else if (found.Record.Finished) Skip(found);
            else Enter(file, found);
        }

        if (_current is null) SaySkipped();
    }

    private void Enter(FeedSpec file, FoundFile found)
    {
        SaySkipped();
        if (found.Record.Rows > 0 && !isSilent) FeedSources.Continues(logger, found.Record.Name, found.Record.Rows);
        _current = new FileSource(found.Number, found.Record, found.File, file);
    }

    private void Skip(FoundFile found)
    {
        _skipped++;
        _sum = Plus(found.Record);
        _bytesRead += found.Record.Bytes;
    }

    private void SaySkipped()
    {
        if (_skipped > 0 && !isSilent) Finished(logger, directory.Path, _skipped, directory.Files.Length);
        if (_twice.Count > 0 && !isSilent) Twice(logger, directory.Path, NameList.Of(_twice));
        _skipped = 0;
        _twice.Clear();
    }

    private void Leave(FileSource source)
    {
        _sum = Plus(source.Record);
        _bytesRead += source.Record.Bytes;
        (_left, _current) = (source, null);
    }

    private SourceRecord Plus(SourceRecord record) => _sum with
    {
        Rows = _sum.Rows + record.Rows,
        Accepted = _sum.Accepted + record.Accepted,
        Refused = _sum.Refused + record.Refused,
    };

    [LoggerMessage(343, LogLevel.Information,
        "{Directory}: {Skipped} of its {Files} files were fed to their end before: skipped")]
    private static partial void Finished(ILogger logger, string directory, int skipped, int files);

    [LoggerMessage(348, LogLevel.Warning, "{Directory}: the content of {Names} is given more than once: fed once")]
    private static partial void Twice(ILogger logger, string directory, string names);
}

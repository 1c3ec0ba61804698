using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// The rows of standard input, as they come. One for the whole run, however often the feed is opened.
/// </summary>
/// <remarks>
/// What came cannot be read again, so the rows of a batch are kept until it is known to have landed. Parsing waits in a
/// read that nobody can end; it is left alone and goes with the process.
/// </remarks>
internal sealed class StandardInputSource : IFeedSource
{
    private const string RunPrefix = "run ";

    private readonly string _run = RunPrefix + Guid.NewGuid().ToString("N");
    private readonly RowParser _parser;
    private readonly LiveInput _input;
    private readonly FeedSpec _spec;
    private readonly Queue<FeedRow> _ahead = new();
    private readonly List<FeedRow> _taken = [];
    private string _key = "";
    private DateTime _at;
    private bool _isLast;
    private bool _isSaved;
    private bool _hasChanged;

    /// <summary>Starts reading.</summary>
    public StandardInputSource(FeedSpec spec, Stream input)
    {
        (_spec, _input) = (spec, new LiveInput(input));
        Record = new SourceRecord("", "", "", FeedFile.StandardInputName, _run, 0, "", 0, 0, 0, false);
        _parser = new RowParser(FeedFile.Of(_input), spec, "", 0);
    }

    public string Name => Record.Name;

    public SourceRecord Record { get; private set; }

    public long BytesRead => 0;

    public bool IsPaced => _spec.IsPaced;

    public string? WaitsFor => "rows on standard input";

    /// <summary>Whether this is what the feed kept of a standard input; a file may have its name.</summary>
    public static bool IsOne(SourceRecord record) =>
        record.Name == FeedFile.StandardInputName && record.Digest.StartsWith(RunPrefix, StringComparison.Ordinal);

    /// <summary>Goes on behind the rows that the feed's state says landed; those after them are shown again.</summary>
    /// <returns>What another run took of its standard input; null when none did.</returns>
    public SourceRecord? Open(SourceLedger ledger)
    {
        var (number, record) = ledger.FindInput(_spec, _run, out var before);
        var landed = (int)(record.Rows - (Record.Rows - _taken.Count));
        var again = _taken[landed..];
        again.AddRange(_ahead);
        _ahead.Clear();
        foreach (var row in again) _ahead.Enqueue(row);
        _taken.Clear();
        (_key, Record, _isSaved) = (SourceRecord.KeyOf(number), record, false);
        if (_isLast && _ahead.Count == 0 && !record.Finished) End();
        return before;
    }

    public HeadState Peek(out FeedHead head)
    {
        head = default;
        if (_ahead.Count == 0 && !_isLast && _parser.TryTake(out var block))
        {
            foreach (var row in block.Rows) _ahead.Enqueue(row);
            _isLast = block.IsLast;
            if (_isLast && _ahead.Count == 0) End();
        }

        if (!_ahead.TryPeek(out var next)) return _isLast ? HeadState.Ended : HeadState.Waiting;
        head = new FeedHead(next.Event?.At ?? _at, next);
        return HeadState.Ready;
    }

    public void Take()
    {
        // The batch that was saved has landed, or nobody would take more.
        if (_isSaved) _taken.Clear();
        _isSaved = false;
        var row = _ahead.Dequeue();
        _taken.Add(row);
        _at = row.Event?.At ?? _at;
        Record = Record.After(isAccepted: row.Event is not null);
        _hasChanged = true;
        if (_isLast && _ahead.Count == 0) End();
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _parser.WaitAsync(cancellationToken);

    public void Save(Batch batch)
    {
        _isSaved = true;
        if (!_hasChanged) return;
        _hasChanged = false;
        Record = Record with { Layout = _parser.Layout };
        batch.SetState(_key, Record.ToJson());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void End()
    {
        Record = Record with { Finished = true };
        _hasChanged = true;
    }
}

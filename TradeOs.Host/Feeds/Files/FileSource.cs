using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The rows of a file, parsed ahead on a thread of its own.</summary>
internal sealed class FileSource : IFeedSource
{
    private readonly string _key;
    private readonly RowParser _parser;
    private SourceRecord _record;
    private long _accepted;
    private long _refused;
    private RowBlock _block = RowBlock.Empty;
    private int _next;
    private DateTime _at;
    private bool _hasChanged;

    /// <summary>Starts parsing behind the rows that <paramref name="record"/> has committed.</summary>
    public FileSource(int number, SourceRecord record, FeedFile file, FeedSpec spec)
    {
        _key = SourceRecord.KeyOf(number);
        (_record, IsPaced) = (record, spec.IsPaced);
        _parser = new RowParser(file, spec, record.Layout, record.Rows);
    }

    public string Name => _record.Name;

    // Made when asked for, which is once a commit and not once a row.
    public SourceRecord Record => _record with
    {
        Rows = _record.Rows + _accepted + _refused,
        Accepted = _record.Accepted + _accepted,
        Refused = _record.Refused + _refused,
    };

    // The end of an archive is looked at first: where reading stands does not tell that all was read.
    public long BytesRead => _record.Finished ? _record.Bytes : _block.BytesRead;

    public bool IsPaced { get; }

    public string? WaitsFor => null;

    public HeadState Peek(out FeedHead head)
    {
        head = default;
        if (_next == _block.Rows.Count && !_block.IsLast && _parser.TryTake(out var block))
        {
            (_block, _next) = (block, 0);
            if (_block.IsLast && _block.Rows.Count == 0) End();
        }

        if (_next == _block.Rows.Count) return _block.IsLast ? HeadState.Ended : HeadState.Waiting;
        var row = _block.Rows[_next];
        head = new FeedHead(row.Event?.At ?? _at, row);
        return HeadState.Ready;
    }

    public void Take()
    {
        var row = _block.Rows[_next++];
        _at = row.Event?.At ?? _at;
        if (row.Event is null) _refused++;
        else _accepted++;
        _hasChanged = true;
        if (_block.IsLast && _next == _block.Rows.Count) End();
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _parser.WaitAsync(cancellationToken);

    public void Save(Batch batch)
    {
        if (!_hasChanged) return;
        _hasChanged = false;
        _record = _record with { Layout = _parser.Layout };
        batch.SetState(_key, Record.ToJson());
    }

    public ValueTask DisposeAsync() => _parser.DisposeAsync();

    private void End()
    {
        _record = _record with { Finished = true };
        _hasChanged = true;
    }
}

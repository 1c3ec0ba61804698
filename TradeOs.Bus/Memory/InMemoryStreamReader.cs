namespace TradeOs.Bus;

/// <summary>A reader opened on a <see cref="MemoryStore"/>.</summary>
internal sealed class InMemoryStreamReader : IStreamReader
{
    private readonly MemoryStore _store;
    private readonly ReaderDefinition _definition;
    private readonly MemoryReaderRecord _record;
    private readonly long _epoch;
    private readonly List<Entry> _read = [];
    private readonly Dictionary<string, int> _more = new(StringComparer.Ordinal);
    private EntryId _delivered;
    private long _commits;
    private Task _room = Task.CompletedTask;

    public InMemoryStreamReader(MemoryStore store, ReaderDefinition definition, MemoryReaderRecord record)
    {
        (_store, _definition, _record) = (store, definition, record);
        (_epoch, _delivered) = (record.Epoch, record.Checkpoint.Position);
        Control = definition.ObeysControl ? store.Control : "";
        Checkpoint = record.Checkpoint;
        State = new Dictionary<string, string>(record.State, StringComparer.Ordinal);
    }

    public Checkpoint Checkpoint { get; }

    public IReadOnlyDictionary<string, string> State { get; }

    public string Control { get; }

    public string Detail { get; private set; } = "";

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(
        int countMax, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(countMax);
        if (TryRead(countMax) is not { } appended) return _read;
        await Task.WhenAny(appended, Task.Delay(wait, cancellationToken));
        _ = TryRead(countMax);
        return _read;
    }

    public ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken)
    {
        lock (_store.Lock)
        {
            return ValueTask.FromResult(Commit(batch));
        }
    }

    public ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken)
    {
        lock (_store.Lock)
        {
            return ValueTask.FromResult(IsControlChanged());
        }
    }

    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _room.WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Fills the list of entries read; when there are none, answers a task that ends when some are
    /// appended.</summary>
    private Task? TryRead(int countMax)
    {
        _read.Clear();
        lock (_store.Lock)
        {
            if (_definition.Input is null || !_store.Streams.TryGetValue(_definition.Input, out var input))
                throw new StreamDamagedException(
                    $"{_definition.Input}: the stream that {_definition.Name} reads is gone.");
            if (_record.Epoch == _epoch) input.Read(_delivered, countMax, _read);
            if (_read.Count == 0) return input.Appended();
            _delivered = _read[^1].Id;
            return null;
        }
    }

    private CommitResult Commit(Batch batch)
    {
        BatchRules.Verify(batch, _definition.Name);
        if (batch.CommitNumber == 0) batch.CommitNumber = ++_commits;
        if (_record.Epoch != _epoch) return CommitResult.Fenced;
        if (_record.CommitNumber == batch.CommitNumber) return CommitResult.AlreadyCommitted;
        if (IsControlChanged()) return CommitResult.ControlChanged;
        if (Check(batch) is { } objection) return objection;
        Write(batch);
        return CommitResult.Committed;
    }

    private bool IsControlChanged() => _definition.ObeysControl && _store.Control != Control;

    private CommitResult? Check(Batch batch)
    {
        _more.Clear();
        foreach (var output in batch.Outputs)
            _more[output.Stream] = _more.GetValueOrDefault(output.Stream) + 1;
        foreach (var (stream, more) in _more)
        {
            if (!_definition.Outputs.Contains(stream) || !_store.Streams.ContainsKey(stream))
            {
                Detail = $"{stream}: the stream is gone or is not an output of {_definition.Name}";
                return CommitResult.Damaged;
            }

            if (_store.KeepFor(stream, more, out var holder) is not null) continue;
            Detail = $"{stream} held by {holder}";
            _room = _store.Room.Task;
            return CommitResult.Full;
        }

        return null;
    }

    private void Write(Batch batch)
    {
        foreach (var (stream, more) in _more) _store.Streams[stream].Trim(_store.KeepFor(stream, more, out _)!.Value);
        for (var index = 0; index < batch.OutputCount; index++)
            _store.Streams[batch.Outputs[index].Stream].Append(batch.FieldsOf(index));

        foreach (var (key, value) in batch.StateChanges)
        {
            if (value is null) _record.State.Remove(key);
            else _record.State[key] = value;
        }

        var before = _record.Checkpoint;
        var position = batch.Position > before.Position ? batch.Position : before.Position;
        _record.Checkpoint = new Checkpoint(
            position, before.Count + batch.InputCount, before.Written + batch.OutputCount,
            before.Silent + batch.SilentCount);
        _record.CommitNumber = batch.CommitNumber;
        foreach (var stream in _more.Keys) _store.Streams[stream].Wake();
        _store.SignalRoom();
    }
}

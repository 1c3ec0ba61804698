namespace TradeOs.Bus;

/// <summary>A reader opened on Redis, on a connection of its own.</summary>
internal sealed class RedisStreamReader : IStreamReader
{
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(5);

    private readonly RedisStreamBus _bus;
    private readonly DataConnection _connection;
    private readonly ReaderDefinition _definition;
    private readonly long _epoch;
    private readonly RedisCommitCommand _commit;
    private readonly RedisEntryReads _reads;
    private long _commits;
    private long _count;

    public RedisStreamReader(
        RedisStreamBus bus, DataConnection connection, ReaderDefinition definition, long epoch, string control,
        Checkpoint checkpoint, IReadOnlyDictionary<string, string> state)
    {
        (_bus, _connection, _definition, _epoch) = (bus, connection, definition, epoch);
        (Checkpoint, State, Control, _count) = (checkpoint, state, control, checkpoint.Count);
        _commit = new RedisCommitCommand(definition, bus.Limits, epoch, bus.Owner, control);
        _reads = new RedisEntryReads(connection, definition, checkpoint, bus.PaceOf(definition.Name));
    }

    public Checkpoint Checkpoint { get; }

    public IReadOnlyDictionary<string, string> State { get; }

    public string Control { get; }

    public string Detail { get; private set; } = "";

    /// <summary>Bytes of memory held for what was read.</summary>
    public int HeldBytes => _reads.HeldBytes;

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(
        int countMax, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(countMax);
        return await _reads.NextAsync(countMax, wait, cancellationToken);
    }

    public async ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (batch.CommitNumber == 0) batch.CommitNumber = ++_commits;
        try
        {
            _commit.Write(_connection.Commands, batch, _reads.DeliveredUpTo(batch.Position));
            var readsOn = _reads.ReadOnBehind(batch.Position);
            await _connection.SendAsync();
            var result = ResultOf(await _connection.ReceiveAsync());
            if (readsOn) await _reads.TakeReadAheadAsync();
            if (result == CommitResult.Committed) _bus.NoteAcknowledged(_definition.Name, _count += batch.InputCount);
            if (result is CommitResult.Committed or CommitResult.AlreadyCommitted) _reads.Forget(batch.Position);
            return result;
        }
        catch (BusUnavailableException)
        {
            if (await _bus.IsFencedAsync(_definition.Name, _epoch, cancellationToken)) return CommitResult.Fenced;
            throw;
        }
    }

    public async ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
        _definition.ObeysControl && await RedisReaderOpening.ControlAsync(_connection) != Control;

    public Task WaitForRoomAsync(CancellationToken cancellationToken) =>
        Task.Delay(RoomWait, _bus.Time, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private CommitResult ResultOf(RespCursor reply)
    {
        if (reply.IsError) return ResultOfError(reply);
        var answer = reply.Text() ?? "";
        var words = answer.Split(' ', 2);
        Detail = words.Length > 1
            ? words[1].Replace(" tradeos:checkpoint:", " held by ", StringComparison.Ordinal)
            : "";
        return words[0] switch
        {
            "committed" => CommitResult.Committed,
            "already" => CommitResult.AlreadyCommitted,
            "fenced" => CommitResult.Fenced,
            "control" => CommitResult.ControlChanged,
            "full" => CommitResult.Full,
            _ => CommitResult.Damaged,
        };
    }

    /// <summary>An error means that the script stopped before its first write: the server refuses memory, or a check
    /// met something unforeseen.</summary>
    private CommitResult ResultOfError(RespCursor reply)
    {
        var error = reply;
        if (error.Line() is not { } line || !line.StartsWith("OOM", StringComparison.Ordinal))
        {
            DataConnection.ThrowIfError(reply);
            return CommitResult.Damaged;
        }

        Detail = "Redis, which is at its maxmemory";
        return CommitResult.Full;
    }
}

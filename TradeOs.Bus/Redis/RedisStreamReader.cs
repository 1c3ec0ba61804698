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
    private readonly List<RedisCommitCommand> _together = [];
    private long _commits;
    private volatile bool _isCommitting;

    public RedisStreamReader(
        RedisStreamBus bus, DataConnection connection, ReaderDefinition definition, long epoch, string control,
        Checkpoint checkpoint, string commit, IReadOnlyDictionary<string, string> state)
    {
        (_bus, _connection, _definition, _epoch) = (bus, connection, definition, epoch);
        (Checkpoint, State, Control) = (checkpoint, state, control);
        Known = new KnownCheckpoint(definition.Name, checkpoint, commit, state);
        _commit = new RedisCommitCommand(definition, bus.Limits, epoch, bus.Owner, control, Known);
        _reads = new RedisEntryReads(connection, definition, checkpoint, bus.PaceOf(definition.Name));
    }

    public Checkpoint Checkpoint { get; }

    public IReadOnlyDictionary<string, string> State { get; }

    public string Control { get; }

    public string Detail { get; private set; } = "";

    /// <summary>What this host committed last.</summary>
    public KnownCheckpoint Known { get; }

    /// <summary>Largest id deleted from the input before the reader began.</summary>
    public EntryId DeletedBefore { get; init; }

    /// <summary>Whether a commit is on its way, or was when the connection was lost.</summary>
    public bool IsCommitting => _isCommitting;

    /// <summary>Epoch it was opened as.</summary>
    public long Epoch => _epoch;

    /// <summary>What it reads and writes.</summary>
    public ReaderDefinition Definition => _definition;

    /// <summary>Bytes of memory held for what was read.</summary>
    public int HeldBytes => _reads.HeldBytes;

    /// <summary>Streams its reads look at as well.</summary>
    public IReadOnlyList<ChainLink> Links
    {
        set => _reads.Links = value;
    }

    /// <summary>Whether a read found entries in one of them.</summary>
    public bool IsOutsideWaiting => _reads.IsOutsideWaiting;

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(
        int countMax, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(countMax);
        try
        {
            return await _reads.NextAsync(countMax, wait, cancellationToken);
        }
        catch (GroupMovedException moved)
        {
            throw await MovedAsync(moved);
        }
    }

    public ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken) =>
        CommitAsync(batch, [], cancellationToken);

    /// <summary>Commits a batch and what the readers behind this one decided on its outputs, together.</summary>
    public async ValueTask<CommitResult> CommitAsync(
        Batch batch, IReadOnlyList<(RedisStreamReader Reader, Batch Batch)> followers,
        CancellationToken cancellationToken)
    {
        try
        {
            _together.Clear();
            Prepare(batch, _together);
            foreach (var (reader, theirs) in followers) reader.Prepare(theirs, _together);
            RedisCommitCommand.Write(_connection.Commands, _together);
            var readsOn = _reads.ReadOnBehind(batch.Position);
            await _connection.SendAsync();
            var result = ResultOf(await _connection.ReceiveAsync());
            Settle(result, batch);
            foreach (var (reader, theirs) in followers) reader.Settle(result, theirs);
            if (readsOn) await _reads.TakeReadAheadAsync();
            if (result is CommitResult.Committed or CommitResult.AlreadyCommitted) _reads.Forget(batch.Position);
            return result;
        }
        catch (GroupMovedException moved)
        {
            throw await MovedAsync(moved);
        }
        catch (BusUnavailableException)
        {
            if (await _bus.IsFencedAsync(_definition.Name, _epoch, cancellationToken)) return CommitResult.Fenced;
            throw;
        }
    }

    public async ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
        _definition.ObeysControl && await RedisReaderOpening.ControlAsync(_connection) != Control;

    /// <summary>Makes sure that its connection is there.</summary>
    /// <exception cref="BusUnavailableException">It is not.</exception>
    public async ValueTask LookAsync() => _ = await _connection.AskAsync("PING");

    public Task WaitForRoomAsync(CancellationToken cancellationToken) =>
        Task.Delay(RoomWait, _bus.Time, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A stream that is gone is loss; a group that was moved is put back by opening again.</summary>
    private async Task<Exception> MovedAsync(GroupMovedException moved)
    {
        var type = (await _connection.AskAsync("TYPE", _definition.Input!)).Text();
        return type == "stream"
            ? _bus.Moved(_definition.Name, Known.Standing.Count, moved.Message.TrimEnd('.'))
            : Loss.Missing(_definition.Input!, _definition.Name, type ?? "none");
    }

    private void Prepare(Batch batch, List<RedisCommitCommand> together)
    {
        if (batch.CommitNumber == 0) batch.CommitNumber = ++_commits;
        _isCommitting = true;
        _commit.Prepare(batch, _reads.DeliveredUpTo(batch.Position), _reads.Received);
        together.Add(_commit);
    }

    private void Settle(CommitResult result, Batch batch)
    {
        if (result == CommitResult.Committed)
        {
            Known.Landed(batch, _commit.CommitIdOf(batch));
            _bus.NoteAcknowledged(_definition.Name, Known.Standing.Count);
        }

        _isCommitting = false;
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
            "outside" => CommitResult.Outside,
            "moved" => throw _bus.Moved(_definition.Name, Known.Standing.Count, Detail),
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

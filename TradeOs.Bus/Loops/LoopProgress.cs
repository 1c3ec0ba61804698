namespace TradeOs.Bus;

/// <summary>Where a loop is, for people to look at while it runs. Written by its loop, read by anyone.</summary>
public sealed class LoopProgress(string name)
{
    private long _count;
    private long _written;
    private volatile string? _trouble;
    private volatile string? _roomAwaited;
    private volatile string? _blockage;

    /// <summary>Name of the reader.</summary>
    public string Name { get; } = name;

    /// <summary>Inputs committed since the beginning of the stream.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Entries written since the beginning.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Why the loop stands still: the server is away, or an output is full; null while it moves.</summary>
    public string? Trouble => _trouble;

    /// <summary>The full stream the loop waits for, and who has not read it; null while it does not wait.</summary>
    public string? RoomAwaited => _roomAwaited;

    /// <summary>Why the loop cannot go on although Redis answers and has room; null while it can.</summary>
    public string? Blockage => _blockage;

    /// <summary>The loop opened its reader there and moves.</summary>
    public void Opened(Checkpoint checkpoint)
    {
        Interlocked.Exchange(ref _count, checkpoint.Count);
        Interlocked.Exchange(ref _written, checkpoint.Written);
        _trouble = _roomAwaited = _blockage = null;
    }

    /// <summary>The loop landed a batch.</summary>
    public void Committed(Batch batch)
    {
        Interlocked.Add(ref _count, batch.InputCount);
        Interlocked.Add(ref _written, batch.OutputCount);
        _trouble = _roomAwaited = _blockage = null;
    }

    /// <summary>The loop stands still because the server is away.</summary>
    public void Paused(string reason) => (_trouble, _roomAwaited, _blockage) = (reason, null, null);

    /// <summary>The loop stands still because an output is full.</summary>
    public void Waiting(string detail) => (_trouble, _roomAwaited) = ($"waiting for room: {detail}", detail);

    /// <summary>The loop stands still because of something outside Redis, and tries again.</summary>
    /// <param name="cause">A sentence: what, and why.</param>
    public void Blocked(string cause) => (_trouble, _roomAwaited, _blockage) = ($"waiting: {cause}", null, cause);
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// How far the feed has come, for people to look at while it runs. Written by its loop, read by anyone.
/// </summary>
/// <remarks>
/// Counts are of the sources given, earlier runs included: a source that was finished before counts whole.
/// </remarks>
public sealed class FeedProgress
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _accepted;
    private long _refused;
    private long _rowsBefore = -1;
    private long _bytesTotal;
    private long _bytesRead;
    private volatile string _current = "";
    private volatile FeedPause? _pause;

    /// <summary>Count, entries written and trouble of the loop, as every stage has them.</summary>
    public LoopProgress Loop { get; } = new("feed");

    /// <summary>Rows committed, accepted and refused.</summary>
    public long Rows => Accepted + Refused;

    /// <summary>Rows committed by this run, without those of runs before.</summary>
    public long RowsOfRun => Interlocked.Read(ref _rowsBefore) is >= 0 and var before ? Rows - before : 0;

    /// <summary>Rows that became entries of <c>market_data.raw</c>.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Rows that became dead letters.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Bytes of all files; 0 until they are opened and where there are none.</summary>
    public long BytesTotal => Interlocked.Read(ref _bytesTotal);

    /// <summary>Bytes of them that are behind the rows committed.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Name of the source of the last row; empty before the first.</summary>
    public string Current => _current;

    /// <summary>What the feed waits for, when that is neither Redis nor the disk; null while it moves.</summary>
    public FeedPause? Pause => _pause;

    /// <summary>
    /// Whether every source has ended and its last row is committed; an endless simulator never does.
    /// </summary>
    public bool IsCompleted => _completed.Task.IsCompletedSuccessfully;

    /// <summary>Ends when every source has ended; never when the feed was stopped or failed before.</summary>
    public Task Completed => _completed.Task;

    internal void Opened(long bytesTotal) => Interlocked.Exchange(ref _bytesTotal, bytesTotal);

    internal void At(long accepted, long refused, long bytesRead, string? current)
    {
        Interlocked.Exchange(ref _accepted, accepted);
        Interlocked.Exchange(ref _refused, refused);
        Interlocked.CompareExchange(ref _rowsBefore, accepted + refused, -1);
        Interlocked.Exchange(ref _bytesRead, bytesRead);
        if (current is not null) _current = current;
    }

    internal void Waits(FeedPause? pause) => _pause = pause;

    internal void Complete() => _completed.TrySetResult();
}

/// <summary>Why the feed stands still although all is well.</summary>
/// <param name="What">What it waits for.</param>
/// <param name="Until">When that comes, UTC; null when nobody knows.</param>
public sealed record FeedPause(string What, DateTime? Until)
{
    /// <summary>For people.</summary>
    public string Text => Until is { } until
        ? FormattableString.Invariant($"{What}, until {until:yyyy-MM-dd HH:mm:ss} UTC")
        : What;
}

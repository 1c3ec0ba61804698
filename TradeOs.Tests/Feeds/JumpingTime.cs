namespace TradeOs.Tests.Feeds;

/// <summary>A clock that stands still until somebody waits, and then is where he waits for.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _ticks;

    /// <summary>How often somebody waited.</summary>
    public int Waits { get; private set; }

    /// <summary>Called before each jump with how far it goes.</summary>
    public Action<TimeSpan> BeforeJump { get; set; } = _ => { };

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() =>
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits++;
        BeforeJump(dueTime);
        Interlocked.Add(ref _ticks, dueTime.Ticks);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

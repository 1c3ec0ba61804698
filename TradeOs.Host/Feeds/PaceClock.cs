namespace TradeOs.Host;

/// <summary>When rows of paced sources are due: one clock for all of them, so that their order is the rhythm.</summary>
/// <remarks>It starts with the first row it is asked about; a row that steps back in time is due at once.</remarks>
internal sealed class PaceClock(double factor, TimeProvider time)
{
    // Further away than anybody waits, and still a date when added to now.
    private static readonly TimeSpan DueMax = TimeSpan.FromDays(1_000_000);

    private DateTime? _firstAt;
    private long _start;

    /// <summary>How long until a row of this time is due; zero or less when it is.</summary>
    public TimeSpan DueIn(DateTime at)
    {
        // A refused row before any other has no time of its own.
        if (at == default) return TimeSpan.Zero;
        if (_firstAt is not { } first)
        {
            (_firstAt, _start) = (at, time.GetTimestamp());
            return TimeSpan.Zero;
        }

        var ticks = (at - first).Ticks / factor;
        var due = ticks < DueMax.Ticks ? TimeSpan.FromTicks((long)ticks) : DueMax;
        return due - time.GetElapsedTime(_start);
    }

    /// <summary>Waits until a row due in so long may be due.</summary>
    public Task WaitAsync(TimeSpan dueIn, CancellationToken cancellationToken)
    {
        // A timer counts whole milliseconds, to 49 days at most. Waking up late is the better mistake: a wait that ends
        // early is a loop that turns for nothing.
        var milliseconds = Math.Clamp(Math.Ceiling(dueIn.TotalMilliseconds), 1, TimeSpan.MillisecondsPerHour);
        return Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken);
    }
}

using System.Diagnostics;

namespace TradeOs.Benchmarks;

/// <summary>Ticks at a steady rate, whether or not what went before is through.</summary>
internal static class Pace
{
    /// <summary>A tick is there when it is due, or when the timer woke up late for it; one that came while the feed
    /// was busy waits, and that counts.</summary>
    /// <param name="ticks">How many.</param>
    /// <param name="ticksPerSecond">How fast.</param>
    /// <param name="countMax">Most of them fed at once.</param>
    /// <param name="feed">Feeds so many and returns when they are on disk.</param>
    /// <returns>When each was there, as <see cref="Stopwatch"/> counts.</returns>
    public static async Task<long[]> RunAsync(int ticks, int ticksPerSecond, int countMax, Func<int, Task> feed)
    {
        var there = new long[ticks];
        var (began, isBusy) = (Stopwatch.GetTimestamp(), false);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var tick = 0; tick < ticks;)
        {
            var now = Stopwatch.GetTimestamp();
            var first = tick;
            for (; tick < ticks && DueAt(tick) <= now && tick - first < countMax; tick++)
                there[tick] = isBusy ? DueAt(tick) : now;
            isBusy = tick > first;
            if (isBusy) await feed(tick - first);
            else await pace.WaitForNextTickAsync();
        }

        return there;

        long DueAt(int tick) => began + (long)((double)tick / ticksPerSecond * Stopwatch.Frequency);
    }
}

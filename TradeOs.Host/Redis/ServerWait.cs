using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Waits for a server that is starting.</summary>
internal static class ServerWait
{
    private static readonly TimeSpan LoadWaitMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Connects once it answers; waits while it loads its data, 10 minutes at most.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">Clock of the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BusUnavailableException">Nothing listens there, or it is not ready in time.</exception>
    /// <exception cref="RefusedException">It refuses us, or is no Redis.</exception>
    public static async Task<ControlConnection> ConnectAsync(
        RedisOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (await IsAsync(ServerPresence.NotReady, options, cancellationToken) &&
               time.GetElapsedTime(started) < LoadWaitMax)
            await Task.Delay(PollInterval, time, cancellationToken);
        return await ControlConnection.ConnectAsync(options, cancellationToken);
    }

    /// <summary>Returns as soon as something listens there or the launched server has ended.</summary>
    public static async Task UntilListeningAsync(
        RedisOptions options, ManagedPaths paths, TimeSpan waitMax, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var endedPolls = 0;
        while (await IsAsync(ServerPresence.Absent, options, CancellationToken.None))
        {
            // Twice, because a server that is just writing its pid file looks ended, too.
            if (File.Exists(paths.ProcessId) && ServerProcess.FindIn(paths) is null) endedPolls++;
            if (endedPolls == 2 || time.GetElapsedTime(started) > waitMax) return;
            await Task.Delay(PollInterval, time, CancellationToken.None);
        }
    }

    private static async Task<bool> IsAsync(
        ServerPresence presence, RedisOptions options, CancellationToken cancellationToken) =>
        (await ServerProbe.AskAsync(options, cancellationToken)).Presence == presence;
}

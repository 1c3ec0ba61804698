using System.Globalization;

namespace TradeOs.Bus;

/// <summary>Rewrites the append-only file of a restarted server before we write behind a torn tail.</summary>
/// <remarks>
/// A server that loads a file torn inside a transaction goes on appending inside it, and the restart after that
/// loses all that was appended (redis-server 7.0.15, tried 2026). A rewrite leaves the torn file behind.
/// </remarks>
/// <param name="connection">The restarted server.</param>
/// <param name="time">Clock of the polls.</param>
public sealed class AofSeal(ControlConnection connection, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RewriteWaitMax = TimeSpan.FromMinutes(10);

    /// <summary>Returns once a rewrite begun after this server's start is complete.</summary>
    /// <param name="runId">The server's <c>run_id</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the rewrite goes on.</param>
    /// <returns>Whether a rewrite was needed.</returns>
    /// <exception cref="RefusedException">The rewrite failed or takes over 10 minutes.</exception>
    /// <exception cref="BusUnavailableException">The server went away or restarted meanwhile.</exception>
    public async Task<bool> SealAsync(string runId, CancellationToken cancellationToken)
    {
        if ((string?)await connection.ExecuteAsync("GET", RedisKeys.Sealed) == runId) return false;
        var started = time.GetTimestamp();
        var before = await WaitUntilIdleAsync(runId, started, 0, cancellationToken);
        if (!before.IsEnabled) return false;
        while (!await TryRewriteAsync())
            before = await WaitUntilIdleAsync(runId, started, 0, cancellationToken);
        var after = await WaitUntilIdleAsync(runId, started, before.Rewrites + 1, cancellationToken);
        if (after.Status != "ok")
        {
            throw new RefusedException(
                $"Redis at {connection.Endpoint}: the rewrite of the append-only file after its restart ended with " +
                $"aof_last_bgrewrite_status:{after.Status}, expected ok. Look into its log, free space on its disk, " +
                "then start again.");
        }

        await connection.ExecuteAsync("SET", RedisKeys.Sealed, runId);
        return true;
    }

    /// <summary>Asks for a rewrite; false when one that somebody else began is still running.</summary>
    private async Task<bool> TryRewriteAsync()
    {
        try
        {
            await connection.ExecuteAsync("BGREWRITEAOF");
            return true;
        }
        catch (RedisServerException refusal)
            when (refusal.Message.Contains("already in progress", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private async Task<Rewriting> WaitUntilIdleAsync(
        string runId, long started, long rewritesMin, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = await ReadAsync(runId);
            if (now.IsIdle && now.Rewrites >= rewritesMin) return now;
            if (time.GetElapsedTime(started) > RewriteWaitMax)
            {
                throw new RefusedException(
                    $"Redis at {connection.Endpoint}: waited {RewriteWaitMax.TotalMinutes:0} minutes for " +
                    $"the rewrite of the append-only file after its restart, found {now}, expected no rewrite " +
                    $"running or scheduled and aof_rewrites at {rewritesMin} or above. Look into its log, " +
                    "then start again.");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private async Task<Rewriting> ReadAsync(string runId)
    {
        await ServerRun.ThrowUnlessAsync(connection, runId);
        var fields = await connection.InfoAsync("persistence");
        return new Rewriting(
            Number("aof_enabled") != 0,
            Number("aof_rewrite_in_progress") == 0 && Number("aof_rewrite_scheduled") == 0,
            Number("aof_rewrites"),
            fields.GetValueOrDefault("aof_last_bgrewrite_status", "(absent)"));

        long Number(string field) => long.Parse(fields.GetValueOrDefault(field, "0"), CultureInfo.InvariantCulture);
    }

    private sealed record Rewriting(bool IsEnabled, bool IsIdle, long Rewrites, string Status)
    {
        public override string ToString() =>
            $"aof_rewrites:{Rewrites} status:{Status} {(IsIdle ? "none running" : "one running or scheduled")}";
    }
}

using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The Redis the host runs on: found or started before the services, stopped after them.</summary>
/// <remarks>A managed server that dies is repaired and started again; an external one is left alone.</remarks>
public sealed partial class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HealthyLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(5);

    private readonly ManagedRedis? _managed;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isStopped;

    private RedisServer(ManagedRedis? managed, ServerProcess? process, TimeProvider time, ILogger logger)
    {
        (_managed, _time, _logger) = (managed, time, logger);
        Completion = managed is null || process is null
            ? Task.Delay(Timeout.InfiniteTimeSpan, _stopping.Token)
            : WatchAsync(managed, process, _stopping.Token);
    }

    /// <summary>Whether TradeOs starts, repairs, watches and stops it.</summary>
    public bool IsManaged => _managed is not null;

    /// <summary>Cancelled when the server is stopped; faulted when a managed server cannot be kept running.</summary>
    /// <remarks>It then carries a <see cref="RefusedException"/>: the host must end with its exit code.</remarks>
    public Task Completion { get; }

    /// <summary>Finds or starts the server that the mode asks for, and returns once it is ready.</summary>
    /// <param name="options">Mode, endpoint, password, binary.</param>
    /// <param name="dataDirectory">Where a managed server lives and <c>instance.json</c> is.</param>
    /// <param name="time">Clock of waits.</param>
    /// <param name="logger">One line for each thing that happens to the server.</param>
    /// <param name="cancellationToken">Ends the wait; a server begun is stopped again.</param>
    /// <exception cref="BusUnavailableException">Nothing answers, or a managed server does not start.</exception>
    /// <exception cref="RefusedException">What answers must not be used, or none may be started here.</exception>
    public static async Task<RedisServer> StartAsync(
        RedisOptions options, string dataDirectory, TimeProvider time, ILogger<RedisServer> logger,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var managed = new ManagedRedis(options, new ManagedPaths(dataDirectory), time, logger);
        if (!await IsForUsToRunAsync(managed, options, dataDirectory, time, cancellationToken))
            return new RedisServer(null, null, time, logger);
        return new RedisServer(managed, await managed.EnsureRunningAsync(cancellationToken), time, logger);
    }

    /// <summary>Stops a managed server and waits for its end, a few seconds at most.</summary>
    public Task StopAsync() => EndAsync(stopServer: true);

    /// <summary>Ends the watch and leaves the server running: another host has taken over.</summary>
    public Task LeaveRunningAsync() => EndAsync(stopServer: false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private static async Task<bool> IsForUsToRunAsync(
        ManagedRedis managed, RedisOptions options, string dataDirectory, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (options.Mode == RedisMode.Managed) return true;
        var isAuto = options.Mode == RedisMode.Auto;

        // A server of ours listens on plain TCP of this machine; anything else is somebody else's to start.
        if (isAuto && options.Address is { IsLocal: true, Transport: RedisTransport.Tcp } &&
            (await ServerProbe.AskAsync(options, cancellationToken)).Presence == ServerPresence.Absent)
        {
            ThrowIfExternal(new InstanceFile(dataDirectory), options.Endpoint);
            return true;
        }

        using var connection = await ServerWait.ConnectAsync(options, time, cancellationToken);
        return isAuto && await managed.IsOursAsync(connection);
    }

    private static void ThrowIfExternal(InstanceFile file, string endpoint)
    {
        if (file.Read() is not { Server: InstanceRecord.External } remembered) return;
        throw new RefusedException(
            $"Nothing listens at {endpoint}, and {file.FilePath} remembers an external Redis, instance " +
            $"{remembered.Id}, last at {remembered.Endpoint}: an empty one is not started in its place. Start it " +
            "again, or set Redis:Endpoint to where it listens; to leave it behind set Redis:Mode to Managed and " +
            "start with --adopt.");
    }

    private async Task EndAsync(bool stopServer)
    {
        if (_isStopped) return;
        _isStopped = true;
        await _stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stopServer && _managed is not null) await _managed.StopAsync();
    }

    private async Task WatchAsync(ManagedRedis managed, ServerProcess process, CancellationToken stoppingToken)
    {
        var backoff = TimeSpan.Zero;
        while (true)
        {
            var started = _time.GetTimestamp();
            await process.WaitForEndAsync(WatchInterval, Timeout.InfiniteTimeSpan, _time, stoppingToken);
            LogEnded(_logger, process.Id);

            // The first restart is immediate; a server that keeps dying young is given longer and longer.
            backoff = _time.GetElapsedTime(started) > HealthyLife ? TimeSpan.Zero : Longer(backoff);
            process = await RestartAsync(managed, backoff, stoppingToken);
        }
    }

    private async Task<ServerProcess> RestartAsync(
        ManagedRedis managed, TimeSpan backoff, CancellationToken stoppingToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            await Task.Delay(backoff, _time, stoppingToken);
            try
            {
                return await managed.EnsureRunningAsync(stoppingToken);
            }
            catch (BusUnavailableException failure)
            {
                if (attempt == 0) LogNotStarted(_logger, failure.Message);
                backoff = Longer(backoff);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan backoff) =>
        backoff * 2 > BackoffMax ? BackoffMax : backoff < BackoffMin ? BackoffMin : backoff * 2;

    [LoggerMessage(344, LogLevel.Warning, "Managed Redis, process {Id}, ended unexpectedly; it is started again.")]
    private static partial void LogEnded(ILogger logger, int id);

    [LoggerMessage(349, LogLevel.Warning, "Managed Redis cannot be started, it is tried again: {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string reason);
}

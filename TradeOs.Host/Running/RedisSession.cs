using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// A run on Redis: the server, its admission, this host's place, the bus. Closed in the other order, Redis last.
/// </summary>
internal sealed class RedisSession : BusSession
{
    private readonly RedisOptions _redis;
    private readonly ImmutableDictionary<string, StreamLimit> _limits;
    private readonly RedisServer _server;
    private readonly ServerGate _gate;
    private readonly HostLock _hostLock;
    private readonly RedisStreamBus _bus;
    private readonly LossWatch _watch;
    private readonly LossWatchService _watchService;
    private RetentionWatch? _retention;

    private RedisSession(
        Settings settings, RedisServer server, ServerGate gate, HostLock hostLock, RedisStreamBus bus, LossWatch watch,
        LossWatchService watchService)
    {
        (_redis, _limits) = (settings.Redis, ArchiveReaders.Limits(settings));
        History = new StreamHistory(bus, bus.InspectStateAsync, settings.DataDirectory);
        (_server, _gate, _hostLock, _bus, _watch) = (server, gate, hostLock, bus, watch);
        _watchService = watchService;
        Services = [new RedisServerService(server), new HostLockService(hostLock, gate, bus), _watchService];
    }

    public override IStreamBus Bus => _bus;

    public override StreamHistory History { get; }

    public override OutageLog? Outage => _bus.Outage;

    public override IReadOnlyList<BackgroundService> Services { get; }

    public override RetentionSnapshot? Seen => _retention?.Seen;

    public override IEnumerable<BackgroundService> Followers(
        IReadOnlyList<LoopProgress> loops, ILoggerFactory loggers)
    {
        _retention = new RetentionWatch(
            _redis, _gate, _limits, TimeProvider.System, loggers.CreateLogger<RetentionWatch>())
        {
            Owner = _bus.Owner,
            RoomsAwaited = () => loops.Select(loop => loop.RoomAwaited).OfType<string>(),
        };
        return [new RetentionService(_retention)];
    }

    public override bool IsServerToStop => _server.IsManaged && !IsServerLeft;

    /// <summary>Finds or starts the server, makes sure of it, and takes this host's place on it.</summary>
    /// <exception cref="ConfigurationProblemException">The streams would take more memory than they may.</exception>
    /// <exception cref="RefusedException">The server may not be used.</exception>
    /// <exception cref="FencedException">Another host runs on it.</exception>
    /// <exception cref="BusUnavailableException">There is none.</exception>
    public static async Task<RedisSession> OpenSessionAsync(
        Settings settings, RunArguments arguments, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var (redis, time) = (settings.Redis, TimeProvider.System);
        StreamMemory.ThrowIfAboveBudget(settings);
        DataDirectory.ThrowUnlessWritable(settings.DataDirectory);
        var owner = Guid.NewGuid().ToString("N");
        var server = await RedisServer.StartAsync(
            redis, settings.DataDirectory, time, loggers.CreateLogger<RedisServer>(), cancellationToken);
        try
        {
            var identity = new InstanceIdentity(
                settings.DataDirectory, server.IsManaged, arguments.Adopt, time,
                loggers.CreateLogger<InstanceIdentity>());
            var gate = new ServerGate(redis, server.IsManaged, identity, time, loggers.CreateLogger<ServerGate>())
            {
                Needed = RedisPermissions.Needed(Topology.Streams),
            };
            var name = $"{Environment.MachineName}:{Environment.ProcessId}";
            var hostLock = await HostLock.TakeAsync(
                redis, gate, owner, name, arguments.TakeOver, time, cancellationToken);
            var limits = ArchiveReaders.Limits(settings);
            var memory = new MemoryFile(settings.DataDirectory);
            var bus = new RedisStreamBus(redis, limits, gate, owner, time, loggers.CreateLogger<RedisStreamBus>())
            {
                // Who adopts a server, or accepts that one loses data, takes it as it is.
                Memory = arguments.Adopt || redis.AllowRelaxedDurability ? new PipelineMemory() : memory.Read(),
            };
            await RetireAsync(settings, bus.Memory, memory, loggers, cancellationToken);
            var watch = new LossWatch(bus, redis);
            var watchService = new LossWatchService(
                watch, bus.Memory, memory, loggers.CreateLogger<LossWatchService>());
            return new RedisSession(settings, server, gate, hostLock, bus, watch, watchService)
            {
                IsServerLeft = arguments.KeepRedis,
            };
        }
        catch (FencedException)
        {
            // The server is the other host's.
            await server.LeaveRunningAsync();
            throw;
        }
        catch
        {
            await server.StopAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (!HasFailed) await _watchService.LookLastAsync();
        _watch.Dispose();
        _watchService.Dispose();
        await _hostLock.DisposeAsync();
        _bus.Dispose();
        _gate.Dispose();
        if (IsServerLeft) await _server.LeaveRunningAsync();
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Nothing runs yet, and this host has its place.</summary>
    private static async Task RetireAsync(
        Settings settings, PipelineMemory memory, MemoryFile file, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        if (settings.ArchivedStreams.Length == settings.Streams.Count) return;
        using var control = await ControlConnection.ConnectAsync(settings.Redis, cancellationToken);
        await new ArchiveRetirement(settings, control, loggers.CreateLogger<ArchiveRetirement>())
            .RunAsync(memory, file);
    }

    /// <summary>Ends the host when its managed server cannot be kept running.</summary>
    private sealed class RedisServerService(RedisServer server) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                await server.Completion.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host ends first, its server last.
            }
        }
    }
}

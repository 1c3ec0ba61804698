using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>A pipeline under test whose host starts, repairs and restarts its redis itself.</summary>
internal sealed class ManagedWorld : IAsyncDisposable
{
    private static readonly TimeSpan MoveWaitMax = TimeSpan.FromSeconds(60);

    private readonly Trial _trial;
    private readonly TemporaryDirectory _data = new();
    private readonly RedisOptions _options = new()
    {
        Endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}", Mode = RedisMode.External,
    };

    private readonly int _batch;
    private TradeOsProcess? _host;

    private ManagedWorld(Trial trial) => (_trial, _batch) = (trial, trial.Random.Next(2, 9));

    /// <summary>Working directory of the server.</summary>
    public string ServerDirectory => _data["redis"];

    private TradeOsProcess Running => _host ?? throw new InvalidOperationException("No host was started.");

    /// <summary>A host that moves.</summary>
    public static async Task<ManagedWorld> StartAsync(Trial trial)
    {
        var world = new ManagedWorld(trial);
        await world.StartHostAsync();
        return world;
    }

    /// <summary>Starts the host, as the same installation every time.</summary>
    public async Task StartHostAsync()
    {
        if (_host is { } before)
        {
            // Its server shall outlive it, as it does outside the harness.
            await before.LeaveAsync();
        }

        _host = TradeOsProcess.Start(
            _trial.Program,
            [
                "run", "--redis", _options.Endpoint, "--set", "Redis:Mode=Managed",
                "--set", $"Pipeline:BatchCountMax={_batch}", "--data", _data.Path, "--feed", GeneratedMarket.Feed,
                .. GeneratedMarket.Settings, .. StreamCaps.Arguments, "--until-idle", "--json",
            ]);
    }

    /// <summary>kill -9 of the host; the server lives on.</summary>
    public Task KillHostAsync() => Running.KillAsync();

    /// <summary>kill -9 of the server.</summary>
    public async Task KillRedisAsync()
    {
        if (ServerProcess.FindIn(new ManagedPaths(_data.Path)) is not { } server) return;
        server.Kill();
        await Poll.UntilAsync(() => Task.FromResult(!server.IsAlive));
    }

    /// <summary>Waits until so many rows are in the stream; the host must not end before.</summary>
    public async Task<long> ReachAsync(long rows)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var position = await PositionAsync();
            if (position >= rows) return position;
            Trial.Demand(
                !Running.HasExited, $"The host ended by itself at {position} rows: {World.Said(Running.Error)}");
            Trial.Demand(
                TimeProvider.System.GetElapsedTime(started) < MoveWaitMax,
                $"The pipeline stands still at {position} rows: {Running.Error}");
            await Task.Delay(5, _trial.Cancel);
        }
    }

    /// <summary>Lets the host finish, and holds everything it left against a run that nobody disturbed.</summary>
    public async Task JudgeAsync() => await Judgement.OfRunAsync(await Running.EndAsync());

    public async ValueTask DisposeAsync()
    {
        if (_host is { } host) await host.DisposeAsync();
        await KillRedisAsync();
        _data.Dispose();
    }

    private async Task<long> PositionAsync()
    {
        try
        {
            using var control = await ControlConnection.ConnectAsync(_options, _trial.Cancel);
            return (long)await control.ExecuteAsync("EVAL", World.EverAdded, 1, StreamNames.MarketData);
        }
        catch (Exception away) when (away is BusUnavailableException or RedisServerException)
        {
            return 0;
        }
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>The contract of the bus on a real server, however it is reached.</summary>
public abstract class RedisStreamBusContract : StreamBusContract
{
    private readonly List<RedisStreamBus> _buses = [];

    /// <summary>The server of the fixture.</summary>
    protected TestRedis Server { get; private set; } = null!;

    /// <summary>A control connection to it, reached the same way as by the bus.</summary>
    protected ControlConnection Control { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartServerAsync()
    {
        Server = await StartAsync();
        Control = await ControlConnection.ConnectAsync(Options(), CancellationToken.None);
    }

    [OneTimeTearDown]
    public virtual async Task StopServerAsync()
    {
        Control?.Dispose();
        if (Server is not null) await Server.DisposeAsync();
    }

    [TearDown]
    public void CloseBuses()
    {
        foreach (var bus in _buses) bus.Dispose();
        _buses.Clear();
    }

    /// <summary>Starts the server.</summary>
    protected abstract Task<TestRedis> StartAsync();

    /// <summary>Options that reach it.</summary>
    protected virtual RedisOptions Options() => Server.Options;

    /// <summary>Runs redis-cli against it with every right.</summary>
    protected virtual Task<string> CliAsync(params string[] command) => Server.CliAsync(command);

    /// <summary>By redis-cli: the control connection may still be on its way back from a test that killed the
    /// server.</summary>
    protected override async Task EmptyServerAsync()
    {
        await CliAsync("FLUSHALL");
        await Poll.UntilAsync(async () =>
        {
            try
            {
                return (string?)await Control.ExecuteAsync("PING") == "PONG";
            }
            catch (BusUnavailableException)
            {
                return false;
            }
        });
    }

    protected override IStreamBus NewHost() => NewHost(_ => { });

    /// <summary>A bus of another host, reached another way.</summary>
    protected RedisStreamBus NewHost(Action<RedisOptions> change)
    {
        var options = Options();
        change(options);
        var bus = new RedisStreamBus(
            options, Limits, new OpenGate(), Guid.NewGuid().ToString("N"), TimeProvider.System,
            NullLogger<RedisStreamBus>.Instance);
        _buses.Add(bus);
        return bus;
    }

    protected override async Task SetControlAsync(string control) => await CliAsync("SET", RedisKeys.Control, control);

    protected override async Task DeleteStreamAsync(string stream) => await CliAsync("DEL", stream);
}

using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests;

/// <summary>A server that a fixture has to itself, of the kind that TRADEOS_TEST_REDIS asks for.</summary>
/// <remarks>
/// Every kind answers commands. What a kind cannot do besides reports the test that asks for it as ignored, with the
/// reason; <see cref="RedisServerProcess"/>, the default, can do all of it.
/// </remarks>
public abstract class TestRedis : IAsyncDisposable
{
    /// <summary>Where it listens, <c>host:port</c>.</summary>
    public abstract string Endpoint { get; }

    /// <summary>Where it listens on this machine.</summary>
    public int Port
    {
        get
        {
            var address = Options.Address;
            return address.IsLocal ? address.Port : throw Lacks("a server on a loopback port");
        }
    }

    /// <summary>Its working directory, with the append-only files in <c>appendonlydir</c>.</summary>
    public virtual string Directory => throw Lacks("the directory of the server");

    /// <summary>Process id of the running server.</summary>
    public virtual int ProcessId => throw Lacks("the process id of the server");

    /// <summary>Options that reach it.</summary>
    public RedisOptions Options => new() { Endpoint = Endpoint, Mode = RedisMode.External };

    /// <summary>What makes a server durable, as arguments of redis-server.</summary>
    protected static IReadOnlyList<string> Durable { get; } =
        ["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"];

    /// <summary>Starts a durable, empty server; extra arguments of redis-server come last and win.</summary>
    /// <exception cref="IgnoreException">This kind of server cannot be given arguments.</exception>
    public static Task<TestRedis> StartAsync(params string[] extraArguments) =>
        TestRedisChoice.Current.StartAsync(extraArguments);

    /// <summary>Ends it like a power switch would end the process: SIGKILL, nothing is flushed or said.</summary>
    public virtual Task KillAsync() => throw Lacks("a server that can be killed");

    /// <summary>Starts it after <see cref="KillAsync"/> and waits until it answers, at the same endpoint.</summary>
    public virtual Task StartAgainAsync() => throw Lacks("a server that can be started again");

    /// <summary>Kills it and starts it again on the same port and directory.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Runs redis-cli against it and returns what it printed, without the last line end.</summary>
    public virtual Task<string> CliAsync(params string[] arguments) => RedisCli.RunAsync(Endpoint, arguments);

    /// <summary>What the server logged.</summary>
    public virtual string Log() => throw Lacks("the log of the server");

    /// <summary>Removes it with its data, whatever the test did.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Port as an argument.</summary>
    protected static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static IgnoreException Lacks(string what) => TestRedisChoice.Current.Lacks(what);
}

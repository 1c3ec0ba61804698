using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.ManagedServers;

/// <summary>A data directory and a free port, and the managed server a host would run on them.</summary>
public sealed class ManagedHost : IAsyncDisposable
{
    private readonly TemporaryDirectory _data = new();

    /// <summary>A path with a space and a quote in it, as people have them.</summary>
    public string DataDirectory => _data["my \"data\""];

    /// <summary>Where the server keeps what.</summary>
    public ManagedPaths Paths => new(DataDirectory);

    /// <summary>Options of the host; each test may change them.</summary>
    public RedisOptions Options { get; } =
        new() { Endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}", Mode = RedisMode.Managed };

    /// <summary>What was logged.</summary>
    public LogLines<RedisServer> Log { get; } = new();

    /// <summary>Process id of the server that runs in the directory; null when none does.</summary>
    public int? ProcessId => ServerProcess.FindIn(Paths)?.Id;

    /// <summary>What the host does first.</summary>
    public Task<RedisServer> StartAsync() =>
        RedisServer.StartAsync(Options, DataDirectory, TimeProvider.System, Log, default);

    /// <summary>One command to the server.</summary>
    public async Task<string?> AskAsync(string command, params object[] arguments)
    {
        using var connection = await ControlConnection.ConnectAsync(Options, default);
        return (string?)await connection.ExecuteAsync(command, arguments);
    }

    /// <summary>How often something was logged.</summary>
    public int LogCount(int eventId) =>
        Log.Lines.Count(line => line.Contains($" {eventId}: ", StringComparison.Ordinal));

    /// <summary>The newest append-only file.</summary>
    public string LastAppendOnlyFile() => Path.Combine(Paths.AppendOnly, File
        .ReadLines(Paths.Manifest).Last(line => line.EndsWith("type i", StringComparison.Ordinal)).Split(' ')[1]);

    /// <summary>SIGKILL, and waits for the end.</summary>
    public async Task KillServerAsync()
    {
        if (ServerProcess.FindIn(Paths) is not { } process) return;
        process.Kill();
        await Poll.UntilAsync(() => Task.FromResult(!process.IsAlive));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillServerAsync();
        _data.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TradeOs.Bus;

namespace TradeOs.Tests;

/// <summary>A real redis-server on a free loopback port, in a temporary directory of its own.</summary>
/// <remarks>It is killed and its directory removed by <see cref="DisposeAsync"/>, whatever the test did.</remarks>
public sealed class RedisServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartWaitMax = TimeSpan.FromSeconds(20);
    private static int _portNext = 20_000 + (Environment.ProcessId % 10_000);

    private readonly string[] _extraArguments;
    private Process? _process;
    private bool _isFromFile;

    private RedisServerProcess(string[] extraArguments)
    {
        _extraArguments = extraArguments;
        Port = FreePort();
        Directory = System.IO.Directory.CreateTempSubdirectory("tradeos-redis-").FullName;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Where it listens, <c>host:port</c>.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Its working directory, with the append-only files in <c>appendonlydir</c>.</summary>
    public string Directory { get; }

    /// <summary>Process id of the running server.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Options that reach it.</summary>
    public RedisOptions Options => new() { Endpoint = Endpoint, Mode = RedisMode.External };

    /// <summary>Starts a durable server; extra arguments come last and win: "--appendfsync", "everysec".</summary>
    public static async Task<RedisServerProcess> StartAsync(params string[] extraArguments)
    {
        var server = new RedisServerProcess(extraArguments);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a durable server from a configuration file, so that CONFIG REWRITE has one to write; these
    /// lines come last and win.</summary>
    public static async Task<RedisServerProcess> StartFromFileAsync(params string[] lines)
    {
        var server = new RedisServerProcess([]) { _isFromFile = true };
        string[] durable =
        [
            $"port {server.Port}", "bind 127.0.0.1", $"dir {server.Directory}", "appendonly yes", "appendfsync always",
            "save \"\"", $"logfile {server.LogPath}",
        ];
        await File.WriteAllLinesAsync(server.ConfigurationPath, [.. durable, .. lines]);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A loopback port nothing listens on, not given out before by this process.</summary>
    public static int FreePort()
    {
        while (true)
        {
            // Below the ephemeral range, so that no outgoing connection of another test takes it in between.
            var port = Interlocked.Increment(ref _portNext);
            if (port > 31_000) Interlocked.Exchange(ref _portNext, 20_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; the next one.
            }
        }
    }

    /// <summary>Ends it like a power switch would end the process: SIGKILL, nothing is flushed or said.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Kills it and starts it again on the same port and directory.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Starts it after <see cref="KillAsync"/> and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        // Its own log is asked, not its port: another server could have taken the port in between and would answer.
        var logged = File.Exists(LogPath) ? Log().Length : 0;
        _process = Process.Start(StartInfo()) ?? throw new InvalidOperationException("redis-server did not start.");
        var started = TimeProvider.System.GetTimestamp();
        while (!File.Exists(LogPath) || !Log()[logged..].Contains("Ready to accept", StringComparison.Ordinal))
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > StartWaitMax)
                throw new InvalidOperationException($"redis-server at {Endpoint} did not start. Its log:\n{Log()}");
            await Task.Delay(10);
        }
    }

    /// <summary>Runs redis-cli against it and returns what it printed, without the last line end.</summary>
    public Task<string> CliAsync(params string[] arguments) => RedisCli.RunAsync(Endpoint, arguments);

    /// <summary>What the server logged.</summary>
    public string Log() => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "(no log)";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }

    private string ConfigurationPath => Path.Combine(Directory, "redis.conf");

    private string LogPath => Path.Combine(Directory, "redis.log");

    private ProcessStartInfo StartInfo() => new(
        "redis-server",
        _isFromFile ? [ConfigurationPath] :
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Directory,
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
            "--daemonize", "no", "--logfile", LogPath, .. _extraArguments,
        ])
    {
        RedirectStandardInput = true,
    };
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NUnit.Framework;

namespace TradeOs.Tests;

/// <summary>A real redis-server on a free loopback port, in a temporary directory of its own.</summary>
/// <remarks>
/// It is killed and its directory removed by <see cref="DisposeAsync"/>, whatever the test did. A test that starts one
/// says that nothing less will do; one that any server serves asks for a <see cref="TestRedis"/>.
/// </remarks>
public sealed class RedisServerProcess : TestRedis
{
    private const string MendedFile = "the truncated file is not the last file";
    private static readonly TimeSpan StartWaitMax = TimeSpan.FromSeconds(20);
    private static int _portNext = 20_000 + (Environment.ProcessId % 10_000);

    private readonly string[] _extraArguments;
    private IReadOnlyDictionary<string, string> _environment = new Dictionary<string, string>();
    private Process? _process;
    private bool _isFromFile;

    private RedisServerProcess(string[] extraArguments)
    {
        _extraArguments = extraArguments;
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
        Directory = System.IO.Directory.CreateTempSubdirectory("tradeos-redis-").FullName;
    }

    /// <inheritdoc/>
    public override string Endpoint { get; }

    /// <inheritdoc/>
    public override string Directory { get; }

    /// <inheritdoc/>
    public override int ProcessId => _process?.Id ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Starts a durable server; extra arguments come last and win: "--appendfsync", "everysec".</summary>
    /// <exception cref="IgnoreException">TRADEOS_TEST_REDIS gives the tests servers of another kind.</exception>
    public static new Task<RedisServerProcess> StartAsync(params string[] extraArguments) =>
        StartAsync(new Dictionary<string, string>(), extraArguments);

    /// <summary>The same with variables added to its environment.</summary>
    public static async Task<RedisServerProcess> StartAsync(
        IReadOnlyDictionary<string, string> environment, params string[] extraArguments)
    {
        IgnoreUnlessOurs();
        var server = new RedisServerProcess(extraArguments) { _environment = environment };
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
        IgnoreUnlessOurs();
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

    /// <inheritdoc/>
    public override async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Waits until it ended by itself, 60 s at most.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndedAsync()
    {
        var process = _process ?? throw new InvalidOperationException("The server is not running.");
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(bound.Token);
        return process.ExitCode;
    }

    /// <inheritdoc/>
    /// <remarks>A server that was killed in a rewrite of its append-only file, behind a torn transaction, mends that
    /// file and ends, once; a service manager starts it again, and so does this.</remarks>
    public override async Task StartAgainAsync()
    {
        if (!await IsReadyAsync() && !await IsReadyAsync()) throw DidNotStart();
    }

    /// <summary>Starts the process.</summary>
    /// <returns>False when it ended over a file that it mended.</returns>
    private async Task<bool> IsReadyAsync()
    {
        // Its own log is asked, not its port: another server could have taken the port in between and would answer.
        var logged = File.Exists(LogPath) ? Log().Length : 0;
        var start = StartInfo();
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start.");
        _process = process;
        StartedProcesses.Add(process);
        var started = TimeProvider.System.GetTimestamp();
        while (!File.Exists(LogPath) || !Log()[logged..].Contains("Ready to accept", StringComparison.Ordinal))
        {
            // A fault may kill it before it has started.
            if (_process != process) return true;
            if (process.HasExited && Log()[logged..].Contains(MendedFile, StringComparison.Ordinal)) return false;
            if (process.HasExited || TimeProvider.System.GetElapsedTime(started) > StartWaitMax) throw DidNotStart();
            await Task.Delay(10);
        }
        return true;
    }

    private InvalidOperationException DidNotStart() =>
        new($"redis-server at {Endpoint} did not start. Its log:\n{Log()}");

    /// <inheritdoc/>
    public override string Log() => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "(no log)";

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }

    private string ConfigurationPath => Path.Combine(Directory, "redis.conf");

    private string LogPath => Path.Combine(Directory, "redis.log");

    private static void IgnoreUnlessOurs()
    {
        if (TestRedisChoice.Current is { Kind: not TestRedisKind.Process } other)
            throw other.Lacks("a redis-server process of its own");
    }

    private ProcessStartInfo StartInfo() => new(
        "redis-server",
        _isFromFile ? [ConfigurationPath] :
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Directory,
            .. Durable, "--daemonize", "no", "--logfile", LogPath, .. _extraArguments,
        ])
    {
        RedirectStandardInput = true,
    };
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>A durable redis-server on a free loopback port, in a temporary directory of its own.</summary>
/// <remarks>
/// Both sides of every comparison run on the same one, so what it costs to be durable is in both. Its append-only file
/// is not rewritten meanwhile: a rewrite would hit one side only. Killed and removed by <see cref="DisposeAsync"/>.
/// </remarks>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private static readonly TimeSpan StartWaitMax = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("tradeos-benchmark-").FullName;
    private readonly Process _process;
    private int _isRemoved;

    private BenchmarkServer()
    {
        Port = FreePort();
        _process = Process.Start(new ProcessStartInfo("redis-server", Arguments()) { RedirectStandardInput = true })
            ?? throw new InvalidOperationException("redis-server did not start.");
        // A person who presses Ctrl-C ends the server as well; a killed benchmark leaves neither.
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public int Port { get; }

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public RedisOptions Options => new() { Endpoint = Endpoint, Mode = RedisMode.External };

    /// <summary>Id of its process.</summary>
    public int ProcessId => _process.Id;

    private string LogPath => Path.Combine(_directory, "redis.log");

    /// <summary>Starts one and waits until it takes commands.</summary>
    public static async Task<BenchmarkServer> StartAsync()
    {
        var server = new BenchmarkServer();
        try
        {
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A bus of a new host, with the streams' default bounds unless given.</summary>
    public RedisStreamBus NewBus(IReadOnlyDictionary<string, StreamLimit>? limits = null) => new(
        Options, limits ?? DefaultLimits(), new OpenGate(), Guid.NewGuid().ToString("N"), TimeProvider.System,
        NullLogger<RedisStreamBus>.Instance);

    /// <summary>Bounds and readers as appsettings.json ships them; all bounds as given when they are.</summary>
    public static IReadOnlyDictionary<string, StreamLimit> DefaultLimits(int? lengthMax = null) => StreamOptions.Limits(
        Topology.Streams.ToDictionary(
            stream => stream,
            stream => lengthMax is { } max ? new StreamOptions { MaxLength = max } : StreamOptions.DefaultOf(stream)));

    /// <summary>Processor time it has used, in user and in kernel mode.</summary>
    public async Task<double> ProcessorSecondsAsync()
    {
        using var control = await ControlConnection.ConnectAsync(Options, CancellationToken.None);
        var used = await control.InfoAsync("cpu");
        return Seconds("used_cpu_user") + Seconds("used_cpu_sys");

        double Seconds(string name) => double.Parse(used[name], CultureInfo.InvariantCulture);
    }

    /// <summary>Memory of each stream of the path over its entries.</summary>
    public async Task<IReadOnlyDictionary<string, double>> EntryBytesAsync()
    {
        using var control = await ControlConnection.ConnectAsync(Options, CancellationToken.None);
        var bytes = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var stream in Topology.Path)
        {
            var used = (double)await control.ExecuteAsync("MEMORY", "USAGE", stream, "SAMPLES", 0);
            bytes[stream] = used / (double)await control.ExecuteAsync("XLEN", stream);
        }

        return bytes;
    }

    /// <summary>A loopback address nothing listens on.</summary>
    public static string FreeEndpoint() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (Interlocked.Exchange(ref _isRemoved, 1) == 1) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A loopback port nothing listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string[] Arguments() =>
    [
        "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _directory,
        "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
        "--auto-aof-rewrite-percentage", "0", "--daemonize", "no", "--logfile", LogPath,
    ];

    private async Task WaitUntilReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (!File.Exists(LogPath) || !(await File.ReadAllTextAsync(LogPath)).Contains("Ready to accept"))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > StartWaitMax)
                throw new InvalidOperationException($"redis-server at {Endpoint} did not start; see {LogPath}.");
            await Task.Delay(10);
        }
    }

    private void OnExit(object? sender, EventArgs arguments)
    {
        // What is being measured fails with its server, and disposes of it as well.
        if (Interlocked.Exchange(ref _isRemoved, 1) == 1) return;
        _process.Kill();
        _process.WaitForExit();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class OpenGate : IServerGate
    {
        public Task AdmitAsync(string runId, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>One run of <c>tradeos</c> on the Redis it manages, looked at some thirty times a second.</summary>
internal sealed class BoundedRun
{
    private const int Tenths = 10;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StartWaitMax = TimeSpan.FromSeconds(30);

    private readonly int _ticks;
    private readonly RedisOptions _redis = new()
    {
        Endpoint = BenchmarkServer.FreeEndpoint(), Mode = RedisMode.External,
    };

    private readonly double[] _tenths = new double[Tenths];

    private BoundedRun(int ticks) => _ticks = ticks;

    /// <summary>Longest a stream was seen.</summary>
    public SortedDictionary<string, long> Longest { get; } = new(StringComparer.Ordinal);

    /// <summary>How often all streams were looked at.</summary>
    public int Samples { get; private set; }

    /// <summary>Highest resident memory of redis-server, millions of bytes, in each tenth of the ticks.</summary>
    public IEnumerable<string> RedisTenths =>
        _tenths.Select(peak => peak.ToString("0", CultureInfo.InvariantCulture));

    /// <summary>Highest resident memory of the host, millions of bytes.</summary>
    public double HostPeak { get; private set; }

    /// <summary>Size of all files of the archive.</summary>
    public long ArchiveBytes { get; private set; }

    /// <summary>From the start of the host to its end, its digests of everything included.</summary>
    public double Seconds { get; private set; }

    /// <summary>What the host says of each stream at the end.</summary>
    public IReadOnlyDictionary<string, StreamSummary> Streams { get; private set; } = null!;

    /// <summary>Runs to the end.</summary>
    /// <param name="ticks">Ticks of the simulator.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="lengthMax">MaxLength of every stream; null for more than all the ticks.</param>
    /// <param name="cancellationToken">Ends the host, too.</param>
    public static async Task<BoundedRun> ObserveAsync(
        int ticks, int seed, int? lengthMax, CancellationToken cancellationToken)
    {
        var spec = RealPipeline.Spec(ticks) + string.Create(CultureInfo.InvariantCulture, $",seed={seed}");
        var run = new BoundedRun(ticks);
        var data = Directory.CreateTempSubdirectory("tradeos-bounded-");
        try
        {
            await run.ObserveAsync(spec, lengthMax ?? (2 * ticks) + 100_000, data.FullName, cancellationToken);
            return run;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private async Task ObserveAsync(string spec, int lengthMax, string data, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var host = Process.Start(StartInfo(spec, lengthMax, data))
            ?? throw new InvalidOperationException("tradeos did not start.");
        EventHandler end = (_, _) => End(host);
        AppDomain.CurrentDomain.ProcessExit += end;
        try
        {
            var output = host.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = host.StandardError.ReadToEndAsync(CancellationToken.None);
            await WatchAsync(host, cancellationToken);
            await host.WaitForExitAsync(cancellationToken);
            if (host.ExitCode != 0) throw new InvalidOperationException($"tradeos: {await errors}");
            (Seconds, Streams) = (Stopwatch.GetElapsedTime(began).TotalSeconds, StreamSummary.Read(await output));
            ArchiveBytes = Directory.EnumerateFiles(Path.Combine(data, "archive"), "*", SearchOption.AllDirectories)
                .Sum(file => new FileInfo(file).Length);
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= end;
            End(host);
        }
    }

    private async Task WatchAsync(Process host, CancellationToken cancellationToken)
    {
        using var control = await ConnectAsync(host, cancellationToken);
        try
        {
            while (!host.HasExited)
            {
                foreach (var stream in Topology.Streams)
                {
                    var length = (long)await control.ExecuteAsync("XLEN", stream);
                    Longest[stream] = Math.Max(Longest.GetValueOrDefault(stream), length);
                }

                Samples++;
                if (Samples % 10 == 0) await LookAtMemoryAsync(control, host);
                await Task.Delay(Look, cancellationToken);
            }
        }
        catch (BusUnavailableException)
        {
            // Its Redis ends with it.
        }
    }

    private async Task LookAtMemoryAsync(ControlConnection control, Process host)
    {
        host.Refresh();
        HostPeak = Math.Max(HostPeak, host.WorkingSet64 / 1e6);
        var resident = double.Parse(
            (await control.InfoAsync("memory"))["used_memory_rss"], CultureInfo.InvariantCulture) / 1e6;
        var written = (string?)await control.ExecuteAsync("HGET", RedisKeys.Checkpoint(Topology.Feed.Name), "written");
        var fed = long.TryParse(written, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var tenth = (int)Math.Min(Tenths - 1, Tenths * fed / _ticks);
        _tenths[tenth] = Math.Max(_tenths[tenth], resident);
        if (Samples % 1000 == 0) Console.Error.WriteLine($"{fed:#,0} of {_ticks:#,0} ticks, redis {resident:0} MB");
    }

    private async Task<ControlConnection> ConnectAsync(Process host, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ControlConnection.ConnectAsync(_redis, cancellationToken);
            }
            catch (BusUnavailableException) when (!host.HasExited && Stopwatch.GetElapsedTime(began) < StartWaitMax)
            {
                await Task.Delay(Look, cancellationToken);
            }
        }
    }

    private ProcessStartInfo StartInfo(string spec, int lengthMax, string data) => HostProcess.StartInfo(
        spec, _redis.Endpoint, data,
        [
            "--set", "Redis:Mode=Managed", "--set", "Redis:MemoryBudget=64000000000",
            .. Topology.Streams.SelectMany(stream => (string[])
                ["--set", string.Create(CultureInfo.InvariantCulture, $"Streams:{stream}:MaxLength={lengthMax}")]),
        ]);

    /// <summary>With a signal, so that it ends its Redis, too.</summary>
    private static void End(Process host)
    {
        if (host.HasExited) return;
        Signals.Send("TERM", host.Id);
        host.WaitForExit();
    }
}

/// <summary>What <c>tradeos run --json</c> says of a stream.</summary>
/// <param name="Entries">Entries in archive and stream together.</param>
/// <param name="Held">Entries of the stream itself.</param>
/// <param name="Sha256">Digest of the entries.</param>
internal sealed record StreamSummary(long Entries, long Held, string Sha256)
{
    /// <summary>Reads all of them.</summary>
    public static IReadOnlyDictionary<string, StreamSummary> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("streams").EnumerateObject().ToDictionary(
            stream => stream.Name,
            stream => new StreamSummary(
                stream.Value.GetProperty("entries").GetInt64(), stream.Value.GetProperty("held").GetInt64(),
                stream.Value.GetProperty("sha256").GetString()!),
            StringComparer.Ordinal);
    }
}

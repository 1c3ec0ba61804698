using System.Diagnostics;
using System.Globalization;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>The same hops with no promise at all: nothing but reading and appending.</summary>
/// <remarks>
/// The control that says what this machine allows: each hop is a thread with a blocking connection of its own, reads
/// with XREAD, sends as many XADD at once and waits until all are on disk. No checkpoint, no fence, no group, no bound,
/// no archive, and the fields are not looked at; a crash loses messages and doubles others.
/// </remarks>
internal sealed class BarePipeline : IDisposable
{
    private readonly int _batchCountMax;
    private readonly BareConnection _feed;
    private readonly byte[] _feedAppends;
    private readonly List<BareConnection> _connections = [];
    private readonly List<Task> _hops = [];
    private readonly List<long> _arrivals = [];
    private readonly TaskCompletionSource _warm = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BarePipeline(BenchmarkServer server, int ticks, int batchCountMax)
    {
        _batchCountMax = batchCountMax;
        (_feed, _feedAppends) = (Connect(), AppendsTo(StreamNames.MarketData, batchCountMax));
        foreach (var hop in Topology.Stages)
        {
            var (connection, output) = (Connect(), hop.Outputs[0]);
            Action<int> arrived = output == Topology.Path[^1] ? Arrived : _ => { };
            _hops.Add(Task.Factory.StartNew(
                () => Pass(connection, hop.Input!, output, CopyPipeline.WarmUpTicks + ticks, arrived),
                TaskCreationOptions.LongRunning));
        }

        BareConnection Connect()
        {
            var connection = new BareConnection(server.Port);
            _connections.Add(connection);
            return connection;
        }
    }

    /// <summary>Feeds as fast as Redis takes it, until the last tick is in the last stream.</summary>
    /// <returns>Ticks a second, and processor time of Redis for each entry of the nine streams.</returns>
    public static async Task<(double TicksPerSecond, double RedisMicroseconds)> SaturateAsync(
        BenchmarkServer server, int ticks, int batchCountMax)
    {
        using var pipeline = new BarePipeline(server, ticks, batchCountMax);
        await pipeline.WarmUpAsync();
        var (started, redis) = (Stopwatch.GetTimestamp(), await server.ProcessorSecondsAsync());
        pipeline.Feed(ticks);
        await pipeline.ThroughAsync();
        var rate = ticks / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (rate, 1e6 * (await server.ProcessorSecondsAsync() - redis) / (ticks * Topology.Path.Length));
    }

    /// <summary>Feeds at a steady rate.</summary>
    /// <returns>Milliseconds from when a tick was there until it is on disk in the last stream, in rising
    /// order.</returns>
    public static async Task<double[]> PaceAsync(
        BenchmarkServer server, int ticks, int ticksPerSecond, int batchCountMax)
    {
        using var pipeline = new BarePipeline(server, ticks, batchCountMax);
        await pipeline.WarmUpAsync();
        var there = await Pace.RunAsync(ticks, ticksPerSecond, batchCountMax, count =>
        {
            pipeline.Feed(count);
            return Task.CompletedTask;
        });
        await pipeline.ThroughAsync();
        var arrivals = pipeline._arrivals.Skip(CopyPipeline.WarmUpTicks);
        return [.. there.Zip(arrivals, (at, end) => Stopwatch.GetElapsedTime(at, end).TotalMilliseconds).Order()];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private async Task WarmUpAsync()
    {
        Feed(CopyPipeline.WarmUpTicks);
        await await Task.WhenAny([_warm.Task, .. _hops]);
    }

    private void Feed(int ticks)
    {
        for (var left = ticks; left > 0; left -= _batchCountMax)
            Append(_feed, _feedAppends, Math.Min(left, _batchCountMax));
    }

    /// <summary>Waits until all are through, or throws what ended a hop before.</summary>
    private async Task ThroughAsync()
    {
        await foreach (var hop in Task.WhenEach(_hops)) await hop;
    }

    private void Arrived(int count)
    {
        var now = Stopwatch.GetTimestamp();
        for (var tick = 0; tick < count; tick++) _arrivals.Add(now);
        if (_arrivals.Count >= CopyPipeline.WarmUpTicks) _warm.TrySetResult();
    }

    private void Pass(BareConnection connection, string input, string output, int ticks, Action<int> arrived)
    {
        var (last, most) = ("0-0", _batchCountMax.ToString(CultureInfo.InvariantCulture));
        var appends = AppendsTo(output, _batchCountMax);
        for (var done = 0; done < ticks;)
        {
            connection.Send(BareConnection.Command(
                "XREAD", "BLOCK", "0", "COUNT", most, "STREAMS", input, last));
            var count = Read(connection, ref last);
            Append(connection, appends, count);
            arrived(count);
            done += count;
        }
    }

    /// <summary>Takes an answer of one stream, <c>[[name, [[id, [field, ...]], ...]]]</c>.</summary>
    /// <returns>How many entries it held.</returns>
    private static int Read(BareConnection connection, ref string last)
    {
        connection.Number();
        connection.Number();
        connection.SkipText();
        var count = connection.Number();
        for (var entry = 0; entry < count; entry++)
        {
            connection.Number();
            last = connection.Text();
            for (var words = connection.Number(); words > 0; words--) connection.SkipText();
        }

        return count;
    }

    /// <summary>Sends the first <paramref name="count"/> of <see cref="_batchCountMax"/> alike, and waits for
    /// them.</summary>
    private void Append(BareConnection connection, byte[] appends, int count)
    {
        connection.Send(appends.AsSpan(0, count * (appends.Length / _batchCountMax)));
        for (var entry = 0; entry < count; entry++) connection.SkipText();
    }

    private static byte[] AppendsTo(string stream, int count)
    {
        var append = BareConnection.Command(["XADD", stream, "*", .. SampleTick.Words]);
        return [.. Enumerable.Repeat(append, count).SelectMany(word => word)];
    }
}

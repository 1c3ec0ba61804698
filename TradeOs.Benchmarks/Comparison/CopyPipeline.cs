using System.Diagnostics;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>A feed and eight copy stages on the topology of the product: every tick is an entry in all nine
/// streams.</summary>
internal static class CopyPipeline
{
    /// <summary>Ticks before anything is measured, enough for the optimizing compiler to have been there.</summary>
    public const int WarmUpTicks = 10_000;

    private const string LastReader = "metrics-publisher";

    /// <summary>Feeds as fast as Redis takes it, until the last tick is in the last stream.</summary>
    /// <param name="server">Where.</param>
    /// <param name="ticks">How many.</param>
    /// <param name="batchCountMax">Entries of a commit.</param>
    /// <param name="lengthMax">MaxLength of every stream; null for those that ship.</param>
    /// <param name="isArchived">Whether every stream is archived meanwhile, as a host does.</param>
    /// <param name="engines">Stages that copy market data to the signals, each all of it.</param>
    /// <param name="chained">Whether stages that follow one another commit together, as a host does.</param>
    /// <param name="filled">Entries the last stream had before: the clock starts when they are archived.</param>
    public static async Task<SaturatedRun> SaturateAsync(
        BenchmarkServer server, int ticks, int batchCountMax, int? lengthMax = null, bool isArchived = true,
        int engines = 1, bool chained = true, int filled = 0)
    {
        var more = Enumerable.Range(2, engines - 1).Select(Engine).ToList();
        var limits = BenchmarkServer.DefaultLimits(lengthMax).ToDictionary();
        var market = limits[StreamNames.MarketData];
        limits[StreamNames.MarketData] = market with
        {
            Readers = [.. market.Readers, .. more.Select(engine => engine.Name)],
        };
        using var archive = isArchived ? new RunningArchive(limits, batchCountMax) : null;
        using var bus = server.NewBus(archive is null ? limits : archive.Limits);
        var warm = WarmUpTicks / engines;
        await using var stages = NewStages(bus, batchCountMax, more, archive, chained);
        await using var feed = await bus.OpenAsync(Topology.Feed, CancellationToken.None);
        await FeedAsync(feed, warm, batchCountMax);
        await stages.ThroughAsync(warm, engines);
        if (archive is not null)
            await stages.WaitAsync(() => Task.FromResult(archive.Has(StreamNames.Metrics, filled)));

        var (allocated, before) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
        var redis = await server.ProcessorSecondsAsync();
        var started = Stopwatch.GetTimestamp();
        await FeedAsync(feed, ticks, batchCountMax);
        await stages.ThroughAsync(warm + ticks, engines);
        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var entries = (double)ticks * Topology.Path.Length;
        return new SaturatedRun(
            ticks, ticks / elapsed.TotalSeconds, allocated / entries,
            (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / entries,
            1e6 * (await server.ProcessorSecondsAsync() - redis) / entries, await server.EntryBytesAsync());
    }

    /// <summary>Feeds at a steady rate, whether or not what went before is through.</summary>
    /// <returns>Milliseconds from when a tick was there until it is on disk in the last stream, in rising
    /// order.</returns>
    public static async Task<double[]> PaceAsync(
        BenchmarkServer server, int ticks, int ticksPerSecond, int batchCountMax, bool chained = true)
    {
        var limits = BenchmarkServer.DefaultLimits().ToDictionary();
        using var archive = new RunningArchive(limits, batchCountMax);
        using var bus = server.NewBus(archive.Limits);
        var arrivals = new ArrivalBus(bus, LastReader);
        await using var stages = NewStages(arrivals, batchCountMax, [], archive, chained);
        await using var feed = await bus.OpenAsync(Topology.Feed, CancellationToken.None);
        await FeedAsync(feed, WarmUpTicks, batchCountMax);
        await stages.ThroughAsync(WarmUpTicks);

        var sent = await Pace.RunAsync(
            ticks, ticksPerSecond, batchCountMax, count => FeedAsync(feed, count, batchCountMax));
        await stages.ThroughAsync(WarmUpTicks + ticks);
        var latencies = sent.Select((at, tick) => Stopwatch.GetElapsedTime(
            at, arrivals.Arrivals[WarmUpTicks + tick]).TotalMilliseconds);
        return [.. latencies.Order()];
    }

    private static ReaderDefinition Engine(int number) =>
        Topology.Stages[0] with { Name = $"{Topology.Stages[0].Name}-{number}" };

    /// <summary>Stages that write the same stream cannot commit in one chain with who reads it.</summary>
    private static RunningStages NewStages(
        IStreamBus bus, int batchCountMax, List<ReaderDefinition> more, RunningArchive? archive, bool chained) => new(
        bus, Topology.Stages.Concat(more).Select(definition => new CopyStage(definition)), batchCountMax,
        archive?.Loops(bus) ?? [], chained && more.Count == 0);

    private static async Task FeedAsync(IStreamReader feed, int ticks, int batchCountMax)
    {
        var batch = new Batch();
        for (var left = ticks; left > 0; left -= batchCountMax)
        {
            batch.Clear();
            for (var tick = 0; tick < Math.Min(left, batchCountMax); tick++)
            {
                SampleTick.Trade.Write(batch.Append(StreamNames.MarketData));
                batch.Complete(EntryId.Zero);
            }

            CommitResult result;
            while ((result = await feed.CommitAsync(batch, CancellationToken.None)) == CommitResult.Full)
                await feed.WaitForRoomAsync(CancellationToken.None);
            if (result != CommitResult.Committed) throw new InvalidOperationException($"{result}: {feed.Detail}");
        }
    }
}

/// <summary>What a saturated run came to.</summary>
/// <param name="Ticks">Ticks of it.</param>
/// <param name="TicksPerSecond">Ticks through all nine streams.</param>
/// <param name="BytesPerEntry">Bytes allocated in the process for each entry of the nine streams.</param>
/// <param name="HostMicroseconds">Processor time of this process for each of them.</param>
/// <param name="RedisMicroseconds">Processor time of Redis for each of them.</param>
/// <param name="EntryBytes">Memory of an entry of each stream.</param>
internal sealed record SaturatedRun(
    int Ticks, double TicksPerSecond, double BytesPerEntry, double HostMicroseconds, double RedisMicroseconds,
    IReadOnlyDictionary<string, double> EntryBytes);

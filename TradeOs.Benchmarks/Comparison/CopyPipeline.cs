using System.Diagnostics;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>A feed and eight copy stages on the topology of the product: every tick is an entry in all nine
/// streams.</summary>
internal static class CopyPipeline
{
    private const string LastReader = "metrics-publisher";

    // Enough for the optimizing compiler to have been there.
    private const int WarmUpTicks = 10_000;

    /// <summary>Feeds as fast as Redis takes it, until the last tick is in the last stream.</summary>
    public static async Task<SaturatedRun> SaturateAsync(
        BenchmarkServer server, int ticks, int batchCountMax, int? lengthMax = null)
    {
        using var bus = server.NewBus(BenchmarkServer.DefaultLimits(lengthMax));
        await using var stages = NewStages(bus, batchCountMax);
        await using var feed = await bus.OpenAsync(Topology.Feed, CancellationToken.None);
        await FeedAsync(feed, WarmUpTicks, batchCountMax);
        await stages.ThroughAsync(WarmUpTicks);

        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await FeedAsync(feed, ticks, batchCountMax);
        await stages.ThroughAsync(WarmUpTicks + ticks);
        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new SaturatedRun(ticks / elapsed.TotalSeconds, (double)allocated / ticks / Topology.Path.Length);
    }

    /// <summary>Feeds one tick at a time at a steady rate.</summary>
    /// <returns>Milliseconds from before the tick is sent until it is on disk in the last stream, in rising
    /// order.</returns>
    public static async Task<double[]> PaceAsync(
        BenchmarkServer server, int ticks, int ticksPerSecond, int batchCountMax)
    {
        using var bus = server.NewBus();
        var arrivals = new ArrivalBus(bus, LastReader);
        await using var stages = NewStages(arrivals, batchCountMax);
        await using var feed = await bus.OpenAsync(Topology.Feed, CancellationToken.None);
        await FeedAsync(feed, WarmUpTicks, batchCountMax);
        await stages.ThroughAsync(WarmUpTicks);

        var sent = new long[ticks];
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / ticksPerSecond));
        for (var tick = 0; tick < ticks && await pace.WaitForNextTickAsync(); tick++)
        {
            sent[tick] = Stopwatch.GetTimestamp();
            await FeedAsync(feed, 1, batchCountMax);
        }

        await stages.ThroughAsync(WarmUpTicks + ticks);
        var latencies = sent.Select((at, tick) =>
            Stopwatch.GetElapsedTime(at, arrivals.Arrivals[WarmUpTicks + tick]).TotalMilliseconds);
        return [.. latencies.Order()];
    }

    private static RunningStages NewStages(IStreamBus bus, int batchCountMax) =>
        new(bus, Topology.Stages.Select(definition => new CopyStage(definition)), batchCountMax);

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
/// <param name="TicksPerSecond">Ticks through all nine streams.</param>
/// <param name="BytesPerEntry">Bytes allocated in the process for each entry of the nine streams.</param>
internal sealed record SaturatedRun(double TicksPerSecond, double BytesPerEntry);

using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>The stages that ship over the simulator: most ticks end at the first of them.</summary>
internal static class RealPipeline
{
    /// <summary>Ticks a second, in this process, the compiler's warm-up included.</summary>
    public static async Task<double> RunAsync(BenchmarkServer server, int ticks, int batchCountMax)
    {
        using var bus = server.NewBus();
        await using var stages = new RunningStages(bus, Pipeline.CreateStages(new StageOptions()), batchCountMax);
        var feed = new FeedLoop(
            bus, [FeedSpec.Parse(Spec(ticks))], new LoopLimits(batchCountMax, RunningStages.ReadWait),
            new FeedProgress(), TimeProvider.System, NullLogger<FeedLoop>.Instance);
        var started = Stopwatch.GetTimestamp();
        await feed.RunAsync(CancellationToken.None);
        await stages.WaitAsync(async () => (await PipelineReport.ReadAsync(bus, [], CancellationToken.None)).IsThrough);
        return ticks / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>What the simulator is asked for.</summary>
    public static string Spec(int ticks) => FormattableString.Invariant($"simulated:rate=max,count={ticks}");
}

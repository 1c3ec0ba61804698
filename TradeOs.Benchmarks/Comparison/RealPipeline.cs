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
    /// <param name="server">Where.</param>
    /// <param name="spec">The feed, which must end.</param>
    /// <param name="batchCountMax">Entries of a commit.</param>
    /// <param name="keepsStates">Whether stages keep their states, as they do in a host.</param>
    public static async Task<double> RunAsync(
        BenchmarkServer server, string spec, int batchCountMax, bool keepsStates = true)
    {
        var made = Pipeline.CreateStages(new StageOptions());
        using var archive = new RunningArchive(BenchmarkServer.DefaultLimits(), batchCountMax);
        using var bus = server.NewBus(archive.Limits);
        await using var stages = new RunningStages(
            bus, keepsStates ? made : made.Select(stage => new ForgetfulStage(stage)), batchCountMax,
            archive.Loops(bus));
        var progress = new FeedProgress();
        var feed = new FeedLoop(
            bus, [FeedSpec.Parse(spec)], new LoopLimits(batchCountMax, RunningStages.ReadWait),
            progress, TimeProvider.System, NullLogger<FeedLoop>.Instance);
        var started = Stopwatch.GetTimestamp();
        await feed.RunAsync(CancellationToken.None);
        await stages.WaitAsync(async () => (await PipelineReport.ReadAsync(bus, [], CancellationToken.None)).IsThrough);
        return progress.Rows / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>What the simulator is asked for.</summary>
    public static string Spec(int ticks) => FormattableString.Invariant($"simulated:rate=max,count={ticks}");

    /// <summary>So many symbols, each of which trades as often by the market's clock: bars close as often.</summary>
    public static string SpecOfSymbols(int symbols, int ticks) => FormattableString.Invariant(
        $"simulated:rate=max,count={ticks},symbols={symbols},step={500 / symbols}");
}

using TradeOs.Host;
using static TradeOs.Benchmarks.Turns;

namespace TradeOs.Benchmarks;

/// <summary>One round of every side that runs in this process, which nobody measures: a service runs for days, and what
/// the compiler costs in its first seconds would be the first round's alone.</summary>
internal static class WarmUp
{
    private const int CopiedTicks = 40_000;
    private const int ShippedTicks = 100_000;
    private const int NaiveTicks = 400;
    private const int PipelinedTicks = 5_000;

    /// <summary>Runs it, where the parts asked for run in this process and do not warm up by themselves.</summary>
    public static async Task RunAsync(ComparisonArguments asked)
    {
        if (asked.Only is ComparisonPart.Start or ComparisonPart.Replay) return;
        Terminal.Say("blue", "benchmark:", "warming up");
        await OnServerAsync(server => CopyPipeline.SaturateAsync(server, CopiedTicks, asked.BatchCountMax));
        await OnServerAsync(server => RealPipeline.RunAsync(
            server, RealPipeline.Spec(ShippedTicks), asked.BatchCountMax));
        await OnServerAsync(server => LibraryPipeline.RunAsync(server, NaiveTicks, isPipelined: false));
        await OnServerAsync(server => LibraryPipeline.RunAsync(server, PipelinedTicks, isPipelined: true));
        await OnServerAsync(server => BarePipeline.SaturateAsync(server, CopiedTicks, asked.BatchCountMax));
    }
}

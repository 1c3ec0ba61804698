using System.Diagnostics;
using static TradeOs.Benchmarks.Turns;

namespace TradeOs.Benchmarks;

/// <summary>The stages that ship on the in-memory bus, on one thread, as a replay runs them.</summary>
internal static class ReplayPart
{
    private const int TickCount = 400_000;

    public static async Task<IEnumerable<Figure>> MeasureAsync(ComparisonArguments asked)
    {
        var market = MemoryReplay.OfDefaultMarket(TickCount);
        var one = MemoryReplay.OfSymbols(1, TickCount);
        var many = MemoryReplay.OfSymbols(500, TickCount);
        await market.RunAsync();
        await one.RunAsync();
        await many.RunAsync();
        var rounds = await OfAsync(asked.Rounds, "replay in memory", async () => (
            Market: await TicksPerSecondAsync(market), One: await TicksPerSecondAsync(one),
            Many: await TicksPerSecondAsync(many)));
        return
        [
            Figure.Of(
                "replay in memory on one thread, default market", rounds.Select(round => round.Market), "ticks/s",
                owed: 500_000, aim: 2_000_000),
            Figure.Of(
                "replay in memory, one symbol, a bar every two ticks", rounds.Select(round => round.One), "ticks/s"),
            Figure.Of(
                "replay in memory, 500 symbols over one, a bar every two ticks",
                rounds.Select(round => round.Many / round.One), ""),
        ];
    }

    private static async Task<double> TicksPerSecondAsync(MemoryReplay replay)
    {
        var started = Stopwatch.GetTimestamp();
        await replay.RunAsync();
        return replay.TickCount / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

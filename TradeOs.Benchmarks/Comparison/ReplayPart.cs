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
        var plain = new JsonTicks(market.Events);
        await market.RunAsync();
        await one.RunAsync();
        await many.RunAsync();
        plain.Run();
        var rounds = await OfAsync(asked.Rounds, "replay in memory", async () => (
            Market: await TicksPerSecondAsync(market.RunAsync), One: await TicksPerSecondAsync(one.RunAsync),
            Many: await TicksPerSecondAsync(many.RunAsync),
            Plain: await TicksPerSecondAsync(() => Task.FromResult(plain.Run()))));
        return
        [
            Figure.Of(
                "replay in memory on one thread, default market", rounds.Select(round => round.Market), "ticks/s",
                owed: 500_000, aim: 2_000_000),
            Figure.Of(
                "a tick written and read once as JSON on that thread", rounds.Select(round => round.Plain), "ticks/s"),
            Figure.Of("replay over that", rounds.Select(round => round.Market / round.Plain), ""),
            Figure.Of(
                "replay in memory, one symbol, a bar every two ticks", rounds.Select(round => round.One), "ticks/s"),
            Figure.Of(
                "replay in memory, 500 symbols over one, a bar every two ticks",
                rounds.Select(round => round.Many / round.One), ""),
        ];
    }

    private static async Task<double> TicksPerSecondAsync(Func<Task<long>> run)
    {
        var started = Stopwatch.GetTimestamp();
        await run();
        return TickCount / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

using TradeOs.Host;
using static TradeOs.Benchmarks.Turns;

namespace TradeOs.Benchmarks;

/// <summary>The stages that ship: most ticks end at the first of them.</summary>
internal static class ShippedPart
{
    private const int Ticks = 200_000;

    /// <summary>Names a recorded file for <c>--feed</c>; without it the simulator alone is run.</summary>
    private const string RecordedVariable = "TRADEOS_BENCH_FEED";

    public static async Task<IEnumerable<Figure>> MeasureAsync(ComparisonArguments asked)
    {
        var figures = new List<Figure>();
        var made = await OfAsync(asked.Rounds, "stages that ship, over the simulator", () => OnServerAsync(server =>
            RealPipeline.RunAsync(server, RealPipeline.Spec(Ticks), asked.BatchCountMax)));
        figures.Add(Figure.Of("stages that ship over the simulator", made, "ticks/s"));
        if (Environment.GetEnvironmentVariable(RecordedVariable) is { Length: > 0 } recorded)
        {
            var rates = await OfAsync(asked.Rounds, $"stages that ship, over {recorded}", () => OnServerAsync(server =>
                RealPipeline.RunAsync(server, recorded, asked.BatchCountMax)));
            figures.Add(Figure.Of("stages that ship over a recorded market", rates, "ticks/s"));
        }
        else
        {
            Terminal.Say(
                "yellow", "benchmark:", $"no recorded market: {RecordedVariable}=binance-trades:FILE adds it.");
        }

        var memory = await OfAsync(1, "memory of the host", () => OnServerAsync(server =>
            HostMemory.PeakAsync(server, Ticks)));
        figures.Add(Figure.Of(
            "resident memory of the host at full rate, highest", memory, "MB", owed: 150, aim: 80, lowIsGood: true));
        return figures;
    }
}

using TradeOs.Host;
using TradeOs.Stages;
using static TradeOs.Benchmarks.Turns;

namespace TradeOs.Benchmarks;

/// <summary>Whether it stays so as data grows: longer streams, more symbols, more signal engines.</summary>
internal static class GrowthPart
{
    private static readonly int[] Lengths = [1_000, 100_000, 1_000_000];
    private static readonly int[] Symbols = [1, 50, 500];
    private static readonly int[] Engines = [1, 2, 4];

    private const int ShippedTicks = 200_000;

    public static async Task<IEnumerable<Figure>> MeasureAsync(ComparisonArguments asked)
    {
        var lengths = await RoundsAsync("streams of 1 k, 100 k, 1 M entries", Lengths, (server, length) =>
            SaturateBehindAsync(server, length, asked));
        var symbols = await RoundsAsync("1, 50, 500 symbols", Symbols, (server, count) =>
            ShippedAsync(server, count, asked));
        var forgetful = await RoundsAsync(
            "1, 500 symbols, states not kept", [Symbols[0], Symbols[^1]], (server, count) =>
                ShippedAsync(server, count, asked, keepsStates: false));
        var engines = await RoundsAsync("1, 2, 4 signal engines", Engines, async (server, count) =>
            (await CopyPipeline.SaturateAsync(server, asked.Ticks / 2, asked.BatchCountMax, engines: count))
            .TicksPerSecond);
        return
        [
            .. Of("entries in the last stream over 1,000", lengths, owed: 0.9, aim: 1),
            .. Of("symbols over one, stages that ship", symbols, owed: 0.9, aim: 1),
            .. Of("symbols over one, states not kept", forgetful),
            .. Of("signal engines over one", engines),
        ];

        Task<List<Dictionary<int, double>>> RoundsAsync(
            string what, int[] sizes, Func<BenchmarkServer, int, Task<double>> measure) =>
            OfAsync(asked.Rounds, what, async () =>
            {
                var round = new Dictionary<int, double>();
                foreach (var size in sizes) round[size] = await OnServerAsync(server => measure(server, size));

                // Once more behind the others: a machine that grows slower meanwhile is not what is asked for.
                var again = await OnServerAsync(server => measure(server, sizes[0]));
                round[sizes[0]] = (round[sizes[0]] + again) / 2;
                return round;
            });
    }

    /// <summary>The largest size is what is owed; those between show where it bends.</summary>
    private static IEnumerable<Figure> Of(
        string what, List<Dictionary<int, double>> rounds, double? owed = null, double? aim = null)
    {
        var sizes = rounds[0].Keys.Order().ToList();
        return sizes.Skip(1).Select(size => Figure.Of(
            $"{Terminal.Number(size)} {what}", rounds.Select(round => round[size] / round[sizes[0]]), "",
            size == sizes[^1] ? owed : null, size == sizes[^1] ? aim : null));
    }

    private static Task<double> ShippedAsync(
        BenchmarkServer server, int symbols, ComparisonArguments asked, bool keepsStates = true) =>
        RealPipeline.RunAsync(
            server, RealPipeline.SpecOfSymbols(symbols, ShippedTicks), asked.BatchCountMax, keepsStates);

    private static async Task<double> SaturateBehindAsync(BenchmarkServer server, int length, ComparisonArguments asked)
    {
        await RedisBenchmarkTool.FillAsync(server, StreamNames.Metrics, length);
        var run = await CopyPipeline.SaturateAsync(
            server, asked.Ticks / 2, asked.BatchCountMax, StreamOptions.MaxLengthMax, filled: length);
        return run.TicksPerSecond;
    }
}

using System.Globalization;
using TradeOs.Stages;
using static TradeOs.Benchmarks.Turns;

namespace TradeOs.Benchmarks;

/// <summary>From a tick to its last stream, on disk, at steady rates, over nine times one lone XADD.</summary>
internal static class LatencyPart
{
    private const int XaddCount = 4_000;
    private const int SlowPerSecond = 100;
    private const int FastPerSecond = 1_000;
    private const int SecondsFull = 8;
    private const int SecondsQuick = 2;

    public static async Task<IEnumerable<Figure>> MeasureAsync(ComparisonArguments asked)
    {
        var saturated = await OnServerAsync(server => CopyPipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax));
        var seconds = asked.IsQuick ? SecondsQuick : SecondsFull;
        var half = (int)(saturated.TicksPerSecond / 2);
        var rounds = await OfAsync(
            asked.Rounds, $"latency at {SlowPerSecond}, {FastPerSecond} and {half} ticks/s", async () => new Round(
                await OnServerAsync(server => RedisBenchmarkTool.XaddMedianMsAsync(server, XaddCount)),
                await PaceAsync(SlowPerSecond), await PaceAsync(FastPerSecond), await PaceAsync(half),
                await PaceAsync(SlowPerSecond, chained: false), await PaceAsync(FastPerSecond, chained: false),
                await BareAsync(SlowPerSecond), await BareAsync(FastPerSecond)));
        return
        [
            Figure.Of("XADD alone, p50", rounds.Select(round => round.Xadd), "ms"),
            .. Of(rounds, "100 ticks/s", round => round.Slow, owed: 2, aim: 1),
            .. Of(rounds, "1,000 ticks/s", round => round.Fast),
            .. Of(rounds, "half the saturated rate", round => round.Half),
            Figure.Of(
                "chained commits at 100 ticks/s, p50 over that of each stage alone",
                rounds.Select(round => At(round.Slow, 0.5) / At(round.SlowApart, 0.5)), ""),
            Figure.Of(
                "chained commits at 1,000 ticks/s, p50 over that of each stage alone",
                rounds.Select(round => At(round.Fast, 0.5) / At(round.FastApart, 0.5)), ""),
            Figure.Of(
                "bare hops without any promise at 100 ticks/s, p50 over nine XADD p50",
                rounds.Select(round => OverNineXadd(round, round.SlowBare)), ""),
            Figure.Of(
                "bare hops without any promise at 1,000 ticks/s, p50 over nine XADD p50",
                rounds.Select(round => OverNineXadd(round, round.FastBare)), ""),
        ];

        Task<double[]> BareAsync(int ticksPerSecond) => OnServerAsync(server => BarePipeline.PaceAsync(
            server, ticksPerSecond * seconds, ticksPerSecond, asked.BatchCountMax));

        Task<double[]> PaceAsync(int ticksPerSecond, bool chained = true) => OnServerAsync(
            server => CopyPipeline.PaceAsync(
                server, ticksPerSecond * seconds, ticksPerSecond, asked.BatchCountMax, chained));
    }

    private static IEnumerable<Figure> Of(
        List<Round> rounds, string rate, Func<Round, double[]> latencies, double? owed = null, double? aim = null)
    {
        foreach (var share in (double[])[0.5, 0.9, 0.99, 1])
        {
            var name = share == 1 ? "max" : string.Create(CultureInfo.InvariantCulture, $"p{100 * share:0}");
            yield return Figure.Of(
                $"tick to last stream at {rate}, {name}", rounds.Select(round => At(latencies(round), share)), "ms");
        }

        yield return Figure.Of(
            $"tick to last stream at {rate}, p50 over nine XADD p50",
            rounds.Select(round => OverNineXadd(round, latencies(round))), "", owed, aim, lowIsGood: true);
    }

    private static double OverNineXadd(Round round, double[] latencies) =>
        At(latencies, 0.5) / (Topology.Path.Length * round.Xadd);

    private static double At(double[] sorted, double share) =>
        sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

    private sealed record Round(
        double Xadd, double[] Slow, double[] Fast, double[] Half, double[] SlowApart, double[] FastApart,
        double[] SlowBare, double[] FastBare);
}

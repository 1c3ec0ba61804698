using System.CommandLine;
using System.Diagnostics;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>What Redis can do, what the pipeline makes of it and what a naive consumer would: side by side.</summary>
/// <remarks>Sides take turns, each on a new server, because only ratios taken close together mean anything.</remarks>
internal sealed class PipelineComparison
{
    private const int CeilingCount = 400_000;
    private const int NaiveTicks = 2_000;
    private const int XaddCount = 4_000;
    private const int PacedTicks = 1_000;
    private const int PacedTicksPerSecond = 100;
    private const int RealTicks = 200_000;
    private const int ReplayTicks = 400_000;
    private const int LongStream = 1_000_000;
    private const int ShortStream = 1_000;

    private readonly ComparisonArguments _arguments;
    private readonly List<Figure> _figures = [];

    private PipelineComparison(ComparisonArguments arguments) => _arguments = arguments;

    /// <summary>Runs the comparison and prints it. It measures; it never fails because something was slow.</summary>
    public static Task<int> RunAsync(string[] arguments) =>
        ComparisonArguments.Command(asked => new PipelineComparison(asked).RunAsync()).Parse(arguments)
            // A signal ends the process at once; the server goes with it.
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

    private async Task RunAsync()
    {
        (ComparisonPart Part, Func<Task> Run)[] parts =
        [
            (ComparisonPart.Throughput, ThroughputAsync), (ComparisonPart.Latency, LatencyAsync),
            (ComparisonPart.Real, RealStagesAsync), (ComparisonPart.Depth, DepthAsync),
            (ComparisonPart.Replay, ReplayAsync),
        ];
        foreach (var (part, run) in parts)
            if (_arguments.Only is null || _arguments.Only == part) await run();
        FigureReport.Write(_figures, Machine.Describe(), _arguments);
    }

    private async Task ThroughputAsync()
    {
        var rounds = new List<(double Ceiling, SaturatedRun Pipeline, double Naive)>();
        for (var round = 1; round <= _arguments.Rounds; round++)
        {
            Say($"round {round} of {_arguments.Rounds}: ceiling, saturated pipeline, naive consumer");
            rounds.Add((
                await OnServerAsync(server => RedisBenchmarkTool.CeilingAsync(server, CeilingCount)),
                await OnServerAsync(server => CopyPipeline.SaturateAsync(
                    server, _arguments.Ticks, _arguments.BatchCountMax)),
                await OnServerAsync(server => NaivePipeline.RunAsync(server, NaiveTicks))));
        }

        Add("ceiling (redis-benchmark)", rounds.Select(round => round.Ceiling), "XADD/s");
        Add(
            "saturated pipeline, nine entries a tick",
            rounds.Select(round => round.Pipeline.TicksPerSecond), "ticks/s");
        Add("naive consumer, eight hops", rounds.Select(round => round.Naive), "ticks/s");
        Add(
            "saturated pipeline over ceiling, in XADD/s",
            rounds.Select(round => 9 * round.Pipeline.TicksPerSecond / round.Ceiling), "", owed: 0.45, aim: 0.8);
        Add(
            "saturated pipeline over naive, in ticks/s",
            rounds.Select(round => round.Pipeline.TicksPerSecond / round.Naive), "", owed: 15, aim: 40);
        Add(
            "allocated for each entry on the data plane", rounds.Select(round => round.Pipeline.BytesPerEntry), "B",
            owed: 200, aim: 0, lowIsGood: true);
    }

    private async Task LatencyAsync()
    {
        var rounds = new List<(double Xadd, double Median, double Tail)>();
        for (var round = 1; round <= _arguments.Rounds; round++)
        {
            Say($"round {round} of {_arguments.Rounds}: latency at {PacedTicksPerSecond} ticks/s");
            var xadd = await OnServerAsync(server => RedisBenchmarkTool.XaddMedianMsAsync(server, XaddCount));
            var paced = await OnServerAsync(server => CopyPipeline.PaceAsync(
                server, PacedTicks, PacedTicksPerSecond, _arguments.BatchCountMax));
            rounds.Add((xadd, paced[paced.Length / 2], paced[paced.Length * 99 / 100]));
        }

        Add("XADD alone, p50", rounds.Select(round => round.Xadd), "ms");
        Add("tick to last stream, p50", rounds.Select(round => round.Median), "ms");
        Add("tick to last stream, p99", rounds.Select(round => round.Tail), "ms");
        Add(
            "tick to last stream, p50 over nine XADD p50", rounds.Select(round => round.Median / (9 * round.Xadd)), "",
            owed: 2, aim: 1, lowIsGood: true);
        Add(
            "tick to last stream, p99 over nine XADD p50", rounds.Select(round => round.Tail / (9 * round.Xadd)), "");
    }

    private async Task RealStagesAsync()
    {
        Say("stages that ship, over the simulator");
        Add(
            "stages that ship over the simulator",
            [await OnServerAsync(server => RealPipeline.RunAsync(server, RealTicks, _arguments.BatchCountMax))],
            "ticks/s");
        Add(
            "resident memory of the host meanwhile, highest",
            [await OnServerAsync(server => HostMemory.PeakAsync(server, RealTicks))], "MB",
            owed: 150, aim: 80, lowIsGood: true);
    }

    private async Task DepthAsync()
    {
        var ratios = new List<double>();
        for (var round = 1; round <= _arguments.Rounds; round++)
        {
            Say($"round {round} of {_arguments.Rounds}: a long stream over a short one");
            var brief = await OnServerAsync(server => SaturateBehindAsync(server, ShortStream));
            ratios.Add(await OnServerAsync(server => SaturateBehindAsync(server, LongStream)) / brief);
        }

        Add("1,000,000 entries in the last stream over 1,000", ratios, "", owed: 0.9, aim: 1);
    }

    private async Task<double> SaturateBehindAsync(BenchmarkServer server, int length)
    {
        await RedisBenchmarkTool.FillAsync(server, StreamNames.Metrics, length);
        var run = await CopyPipeline.SaturateAsync(
            server, _arguments.Ticks / 2, _arguments.BatchCountMax, StreamOptions.MaxLengthMax);
        return run.TicksPerSecond;
    }

    private async Task ReplayAsync()
    {
        Say("replay in memory");
        var market = MemoryReplay.OfDefaultMarket(ReplayTicks);
        var one = MemoryReplay.OfSymbols(1, ReplayTicks);
        var many = MemoryReplay.OfSymbols(500, ReplayTicks);
        await one.RunAsync();
        await many.RunAsync();
        var rounds = new List<(double Market, double One, double Many)>();
        for (var round = 1; round <= _arguments.Rounds; round++)
            rounds.Add((
                await TicksPerSecondAsync(market), await TicksPerSecondAsync(one), await TicksPerSecondAsync(many)));
        Add(
            "replay in memory on one thread, default market", rounds.Select(round => round.Market), "ticks/s",
            owed: 500_000, aim: 2_000_000);
        Add("replay in memory, one symbol, a bar every two ticks", rounds.Select(round => round.One), "ticks/s");
        Add("replay, 500 symbols over one", rounds.Select(round => round.Many / round.One), "", owed: 0.9, aim: 1);
    }

    private static async Task<double> TicksPerSecondAsync(MemoryReplay replay)
    {
        var started = Stopwatch.GetTimestamp();
        await replay.RunAsync();
        return replay.TickCount / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<T> OnServerAsync<T>(Func<BenchmarkServer, Task<T>> measure)
    {
        await using var server = await BenchmarkServer.StartAsync();
        return await measure(server);
    }

    private static void Say(string what) => Terminal.Say("blue", "benchmark:", what);

    private void Add(
        string what, IEnumerable<double> rounds, string unit, double? owed = null, double? aim = null,
        bool lowIsGood = false) =>
        _figures.Add(new Figure(what, Figure.Median(rounds), unit, owed, aim, lowIsGood));
}

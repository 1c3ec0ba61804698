using TradeOs.Stages;
using static TradeOs.Benchmarks.Turns;

namespace TradeOs.Benchmarks;

/// <summary>The saturated pipeline over Redis itself and over what one would write with a client library.</summary>
internal static class ThroughputPart
{
    private const int CeilingCount = 400_000;
    private const int NaiveTicks = 2_000;
    private const int PipelinedTicks = 20_000;
    private const int TracedTicks = 20_000;

    public static async Task<IEnumerable<Figure>> MeasureAsync(ComparisonArguments asked)
    {
        var rounds = await OfAsync(
            asked.Rounds, "ceiling, saturated pipeline, usual consumers", () => RoundAsync(asked));
        var fsyncs = await OnServerAsync(server => FsyncCount.PerEntryAsync(
            server, () => CopyPipeline.SaturateAsync(server, TracedTicks, asked.BatchCountMax)));
        return
        [
            .. Rates(rounds), .. Costs(rounds), .. Controls(rounds),
            .. fsyncs is { } count
                ? [Figure.Of("fsyncs of redis for 1,000 entries", [1_000 * count], "fsyncs")]
                : Array.Empty<Figure>(),
            .. Topology.Path.Select(stream => Figure.Of(
                $"memory of an entry in {stream}", rounds.Select(round => round.Ours.EntryBytes[stream]), "B")),
        ];
    }

    private static IEnumerable<Figure> Rates(List<Round> rounds) =>
    [
        Figure.Of("ceiling (redis-benchmark)", rounds.Select(round => round.Ceiling), "XADD/s"),
        Figure.Of(
            "saturated pipeline, nine entries a tick, archive on", rounds.Select(round => round.Ours.TicksPerSecond),
            "ticks/s"),
        Figure.Of("naive consumer, eight hops", rounds.Select(round => round.Naive), "ticks/s"),
        Figure.Of("pipelined consumer, eight hops", rounds.Select(round => round.Pipelined), "ticks/s"),
        Figure.Of(
            "saturated pipeline over ceiling, in XADD/s",
            rounds.Select(round => OverCeiling(round, round.Ours.TicksPerSecond)), "", owed: 0.45, aim: 0.8),
        Figure.Of(
            "saturated pipeline over naive, in ticks/s",
            rounds.Select(round => round.Ours.TicksPerSecond / round.Naive), "", owed: 15, aim: 40),
        Figure.Of(
            "saturated pipeline over pipelined, in ticks/s",
            rounds.Select(round => round.Ours.TicksPerSecond / round.Pipelined), ""),
        Figure.Of(
            "chained commits over each stage alone, in ticks/s",
            rounds.Select(round => round.Ours.TicksPerSecond / round.Apart), ""),
    ];

    private static IEnumerable<Figure> Costs(List<Round> rounds) =>
    [
        Figure.Of(
            "allocated for each entry on the data plane", rounds.Select(round => round.Unarchived.BytesPerEntry), "B",
            owed: 200, aim: 0, lowIsGood: true),
        Figure.Of(
            "processor time of the host, an entry", rounds.Select(round => round.Ours.HostMicroseconds), "us"),
        Figure.Of("processor time of redis, an entry", rounds.Select(round => round.Ours.RedisMicroseconds), "us"),
        Figure.Of(
            "processor time of redis, an entry without the archive",
            rounds.Select(round => round.Unarchived.RedisMicroseconds), "us"),
        Figure.Of(
            "processor time of redis, an entry of bare hops", rounds.Select(round => round.Bare.RedisMicroseconds),
            "us"),
    ];

    /// <summary>What this machine allows, which says what keeps the pipeline from what is owed.</summary>
    private static IEnumerable<Figure> Controls(List<Round> rounds) =>
    [
        Figure.Of(
            "the archive's cost: with it over without",
            rounds.Select(round => round.Ours.TicksPerSecond / round.Unarchived.TicksPerSecond), ""),
        Figure.Of(
            "saturated pipeline without the archive over ceiling, in XADD/s",
            rounds.Select(round => OverCeiling(round, round.Unarchived.TicksPerSecond)), ""),
        Figure.Of(
            "bare hops without any promise over ceiling, in XADD/s",
            rounds.Select(round => OverCeiling(round, round.Bare.TicksPerSecond)), ""),
        Figure.Of(
            "bare hops without any promise over naive, in ticks/s",
            rounds.Select(round => round.Bare.TicksPerSecond / round.Naive), ""),
        Figure.Of(
            "what one thread of redis allows at that, over ceiling",
            rounds.Select(round => OverCeiling(round, AllowedTicksPerSecond(round))), ""),
        Figure.Of(
            "what one thread of redis allows at that, over naive",
            rounds.Select(round => AllowedTicksPerSecond(round) / round.Naive), ""),
    ];

    private static double OverCeiling(Round round, double ticksPerSecond) =>
        Topology.Path.Length * ticksPerSecond / round.Ceiling;

    private static double AllowedTicksPerSecond(Round round) =>
        1e6 / (round.Ours.RedisMicroseconds * Topology.Path.Length);

    private static async Task<Round> RoundAsync(ComparisonArguments asked)
    {
        var ceiling = await OnServerAsync(server => RedisBenchmarkTool.CeilingAsync(server, CeilingCount));
        var ours = await OnServerAsync(server => CopyPipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax));
        // What the archive writes to its files is no part of the path.
        var unarchived = await OnServerAsync(server => CopyPipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax, isArchived: false));
        var apart = await OnServerAsync(server => CopyPipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax, chained: false));
        var naive = await OnServerAsync(server => LibraryPipeline.RunAsync(server, NaiveTicks, isPipelined: false));
        var pipelined = await OnServerAsync(server => LibraryPipeline.RunAsync(
            server, PipelinedTicks, isPipelined: true));
        var bare = await OnServerAsync(server => BarePipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax));
        return new Round(ceiling, ours, unarchived, bare, apart.TicksPerSecond, naive, pipelined);
    }

    private sealed record Round(
        double Ceiling, SaturatedRun Ours, SaturatedRun Unarchived,
        (double TicksPerSecond, double RedisMicroseconds) Bare, double Apart, double Naive, double Pipelined);
}

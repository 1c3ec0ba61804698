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
        var ours = rounds.Select(round => round.Ours).ToList();
        return
        [
            Figure.Of("ceiling (redis-benchmark)", rounds.Select(round => round.Ceiling), "XADD/s"),
            Figure.Of(
                "saturated pipeline, nine entries a tick, archive on", ours.Select(run => run.TicksPerSecond),
                "ticks/s"),
            Figure.Of("naive consumer, eight hops", rounds.Select(round => round.Naive), "ticks/s"),
            Figure.Of("pipelined consumer, eight hops", rounds.Select(round => round.Pipelined), "ticks/s"),
            Figure.Of(
                "saturated pipeline over ceiling, in XADD/s",
                rounds.Select(round => Topology.Path.Length * round.Ours.TicksPerSecond / round.Ceiling), "",
                owed: 0.45, aim: 0.8),
            Figure.Of(
                "saturated pipeline over naive, in ticks/s",
                rounds.Select(round => round.Ours.TicksPerSecond / round.Naive), "", owed: 15, aim: 40),
            Figure.Of(
                "saturated pipeline over pipelined, in ticks/s",
                rounds.Select(round => round.Ours.TicksPerSecond / round.Pipelined), ""),
            Figure.Of(
                "the archive's cost: with it over without",
                rounds.Select(round => round.Ours.TicksPerSecond / round.Bare), ""),
            Figure.Of(
                "chained commits over each stage alone, in ticks/s",
                rounds.Select(round => round.Ours.TicksPerSecond / round.Apart), ""),
            Figure.Of(
                "allocated for each entry on the data plane", rounds.Select(round => round.Allocated), "B",
                owed: 200, aim: 0, lowIsGood: true),
            Figure.Of("processor time of the host, an entry", ours.Select(run => run.HostMicroseconds), "us"),
            Figure.Of("processor time of redis, an entry", ours.Select(run => run.RedisMicroseconds), "us"),
            Figure.Of(
                "bare hops without any promise over ceiling, in XADD/s",
                rounds.Select(round => Topology.Path.Length * round.Promiseless / round.Ceiling), ""),
            Figure.Of(
                "bare hops without any promise over naive, in ticks/s",
                rounds.Select(round => round.Promiseless / round.Naive), ""),
            Figure.Of(
                "what one thread of redis allows at that, over ceiling",
                rounds.Select(round => 1e6 / round.Ours.RedisMicroseconds / round.Ceiling), ""),
            Figure.Of(
                "what one thread of redis allows at that, over naive",
                rounds.Select(
                    round => 1e6 / round.Ours.RedisMicroseconds / (Topology.Path.Length * round.Naive)), ""),
            .. fsyncs is { } count
                ? [Figure.Of("fsyncs of redis for 1,000 entries", [1_000 * count], "fsyncs")]
                : Array.Empty<Figure>(),
            .. Topology.Path.Select(stream =>
                Figure.Of($"memory of an entry in {stream}", ours.Select(run => run.EntryBytes[stream]), "B")),
        ];
    }

    private static async Task<Round> RoundAsync(ComparisonArguments asked)
    {
        var ceiling = await OnServerAsync(server => RedisBenchmarkTool.CeilingAsync(server, CeilingCount));
        var ours = await OnServerAsync(server => CopyPipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax));
        var bare = await OnServerAsync(server => CopyPipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax, isArchived: false));
        var apart = await OnServerAsync(server => CopyPipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax, chained: false));
        var naive = await OnServerAsync(server => LibraryPipeline.RunAsync(server, NaiveTicks, isPipelined: false));
        var pipelined = await OnServerAsync(server => LibraryPipeline.RunAsync(
            server, PipelinedTicks, isPipelined: true));
        var promiseless = await OnServerAsync(server => BarePipeline.SaturateAsync(
            server, asked.Ticks, asked.BatchCountMax));
        // What the archive writes to its files is no part of the path.
        return new Round(
            ceiling, ours, bare.TicksPerSecond, bare.BytesPerEntry, apart.TicksPerSecond, naive, pipelined,
            promiseless);
    }

    private sealed record Round(
        double Ceiling, SaturatedRun Ours, double Bare, double Allocated, double Apart, double Naive, double Pipelined,
        double Promiseless);
}

using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Feeds;

/// <summary>The same trades, whatever file they come in, are the same market: same bars, signals and fills.</summary>
public sealed class SameTradesTests
{
    [Test]
    public async Task Pipeline_OnTheSameTradesInThreeFormats_DoesTheSame()
    {
        var dump = await EventsAsync("binance-trades:" + Recorded.File(Recorded.BtcFutures));
        var tardis = await EventsAsync("tardis-trades:" + Recorded.File(Recorded.TardisTrades));
        using var run = new FeedRun();
        var json = await EventsAsync("ndjson:" + run.File("um.ndjson", JsonOf(Recorded.BtcFutures)));

        Assert.That(
            (dump[0].Source, tardis[0].Source, json[0].Source), Is.EqualTo(("binance", "binance-futures", "file")));
        Assert.That(tardis.Select(Sourceless), Is.EqualTo(dump.Select(Sourceless)));
        Assert.That(json.Select(Sourceless), Is.EqualTo(dump.Select(Sourceless)));
        var expected = await WrittenAsync(dump);
        Assert.That(await WrittenAsync(tardis), Is.EqualTo(expected));
        Assert.That(await WrittenAsync(json), Is.EqualTo(expected));
        foreach (var stream in Topology.Path)
            Assert.That(expected.Count(line => line.StartsWith(stream + " ", StringComparison.Ordinal)),
                stream == StreamNames.MarketData ? Is.Zero : Is.GreaterThan(3), stream);
    }

    [Test]
    public async Task Run_OfATardisFile_HasTheDigestsOfTheDumpInEveryStream()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();

        var dump = await TradeOsProcess.RunAsync(
            "run", "--bus", "memory", "--feed", "binance-trades:" + Recorded.File(Recorded.BtcFutures), "--until-idle",
            "--json");
        var tardis = await RealDataTests.RunAsync(
            redis, data, $"tardis-trades:{Recorded.File(Recorded.TardisTrades)},source=binance");

        Assert.That((dump.ExitCode, tardis.ExitCode), Is.EqualTo((0, 0)), tardis.ToString());
        Assert.That(tardis.Digests, Is.EqualTo(dump.Digests));
        foreach (var stream in Topology.Path) Assert.That(tardis.Entries[stream], Is.Positive, stream);
    }

    [Test]
    public async Task Run_OfATardisFile_DiffersInItsSourceOnly()
    {
        var feeds = new[] { Recorded.BtcFutures, Recorded.TardisTrades }.Select(Recorded.File).ToArray();

        var dump = await TradeOsProcess.RunAsync(
            "run", "--bus", "memory", "--feed", feeds[0], "--until-idle", "--json");
        var tardis = await TradeOsProcess.RunAsync(
            "run", "--bus", "memory", "--feed", feeds[1], "--until-idle", "--json");

        Assert.That((dump.ExitCode, tardis.ExitCode), Is.EqualTo((0, 0)), tardis.ToString());
        foreach (var stream in Topology.Streams)
            Assert.That(
                tardis.Digests[stream] == dump.Digests[stream], Is.EqualTo(stream != StreamNames.MarketData), stream);
    }

    [Test]
    public async Task Feed_OfKlinesUnderEitherFormat_IsTheSameBars()
    {
        var path = Recorded.File("nautilus/ADABTC-1m-2021-11-27.csv");

        var klines = await EventsAsync("binance-klines:" + path);
        var bars = await EventsAsync("ohlcv:" + path);

        Assert.That(klines, Has.Count.EqualTo(10));
        Assert.That(klines.Select(Sourceless), Is.EqualTo(bars.Select(Sourceless)));
    }

    private static MarketEvent Sourceless(MarketEvent market) => market with { Source = "" };

    private static async Task<IReadOnlyList<MarketEvent>> EventsAsync(string spec)
    {
        using var run = new FeedRun();
        await run.ToEndAsync(spec);
        Assert.That(run.Progress.Refused, Is.Zero);
        return await run.EventsAsync();
    }

    /// <summary>
    /// Every entry behind the feed, and what each stage keeps at the end: its unfinished bars among it.
    /// </summary>
    private static async Task<IReadOnlyList<string>> WrittenAsync(IEnumerable<MarketEvent> events)
    {
        var run = await (await new Stages.PipelineRun(new StageOptions(), 256).FeedAsync(events)).RunAsync();
        var written = new List<string>(await run.TextAsync());
        foreach (var stage in Topology.Stages)
        {
            var reader = await run.Bus.OpenAsync(stage, CancellationToken.None);
            written.AddRange(reader.State.OrderBy(state => state.Key, StringComparer.Ordinal)
                .Select(state => $"state of {stage.Name}: {state.Key} {state.Value}"));
        }

        return written;
    }

    private static string JsonOf(string dump) => string.Concat(Recorded.Lines(dump).Skip(1).Select(line =>
    {
        var parts = line.Split(',');
        var side = parts[5] == "true" ? "sell" : "buy";
        return $"{{\"trade_id\":{parts[0]},\"kind\":\"trade\",\"at\":{parts[4]},\"symbol\":\"BTCUSDT\"," +
            $"\"price\":{parts[1]},\"qty\":\"{parts[2]}\",\"side\":\"{side}\"}}\n";
    }));
}

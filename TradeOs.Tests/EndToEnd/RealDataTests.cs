using System.Globalization;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>Recorded market data through the real executable and a real Redis, with the settings as shipped.</summary>
[TestFixture]
public sealed class RealDataTests
{
    private static readonly string[] Batches = ["1", "7", "256"];

    [TestCase("binance-trades", Recorded.BtcSpot, 19_904)]
    [TestCase("binance-trades", Recorded.BtcFutures, 21_313)]
    [TestCase("binance-trades", Recorded.TrxMicroseconds, 10_000)]
    [TestCase("ohlcv", Recorded.Spy, 502)]
    public async Task Run_RecordedFile_FillsAllNineStreams(string format, string file, int rows)
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();

        var result = await RunAsync(redis, data, $"{format}:{Recorded.File(file)}");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Entries[StreamNames.MarketData], Is.EqualTo(rows));
        foreach (var stream in Topology.Path) Assert.That(result.Entries[stream], Is.Positive, stream);
        Assert.That(await redis.CliAsync("XLEN", "market_data.raw"), Is.EqualTo($"{rows}"));
    }

    [TestCase(Recorded.BtcSpot, "61837.63 61860.8 61556.04 61602.02 437.91552 27006929.591035 204.49112")]
    [TestCase(Recorded.BtcFutures, "61800.3 61839.9 61590.3 61659.8 2429.366 149845680.8898 1251.576")]
    [TestCase(Recorded.TrxMicroseconds, "0.2312 0.2329 0.2304 0.2327 45996895.9 10666021.10336 25341014.7")]
    public async Task Run_RecordedTrades_RedisHoldsTheTotalsOfTheFile(string file, string totals)
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();

        await RunAsync(redis, data, $"binance-trades:{Recorded.File(file)}");

        Assert.That(await MarketTotals.OfAsync(redis), Is.EqualTo(totals));
    }

    [Test]
    public async Task Run_TheSameFileAgain_AddsNothing()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        var feed = $"binance-trades:{Recorded.File(Recorded.BtcSpot)}";

        var first = await RunAsync(redis, data, feed);
        var second = await RunAsync(redis, data, feed);

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), second.ToString());
        Assert.That(second.Added, Is.EqualTo(first.Added));
        Assert.That(second.Digests, Is.EqualTo(first.Digests));
    }

    [Test]
    public async Task Run_AnyBatchSizeAndEitherBus_GivesTheSameStreams()
    {
        var feed = $"binance-trades:{Recorded.File(Recorded.BtcSpot)}";
        var memory = await TradeOsProcess.RunAsync("run", "--bus", "memory", "--feed", feed, "--until-idle", "--json");
        Assert.That(memory.ExitCode, Is.Zero, memory.ToString());

        foreach (var batch in Batches)
        {
            await using var redis = await RedisServerProcess.StartAsync();
            using var data = new TemporaryDirectory();
            var result = await RunAsync(redis, data, feed, "--set", $"Pipeline:BatchCountMax={batch}");
            Assert.That(result.Digests, Is.EqualTo(memory.Digests), $"batches of {batch}");
        }
    }

    [Test]
    public async Task Run_ToTheEnd_AnswersAnOperatorsQuestions()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        var result = await RunAsync(redis, data, $"binance-trades:{Recorded.File(Recorded.BtcSpot)}");

        var qualified = await redis.CliAsync("XREAD", "COUNT", "10", "STREAMS", "signals.qualified", "0");
        var fills = await redis.CliAsync("XREVRANGE", "fills", "+", "-", "COUNT", "20");
        var intents = await redis.CliAsync("XLEN", "trade.intents");

        Assert.That(qualified.Split('\n'), Does.Contain("confidence").And.Contain("BTCUSDT"));
        var fillsShown = fills.Split('\n').Count(line => line == "order_id");
        Assert.That(fillsShown, Is.EqualTo(Math.Min(20, result.Entries["fills"])));
        Assert.That(long.Parse(intents, CultureInfo.InvariantCulture), Is.EqualTo(result.Entries["trade.intents"]));
        foreach (var stream in (string[])["trade.intents", "trade.approved"])
        {
            var group = (await redis.CliAsync("XINFO", "GROUPS", stream)).Split('\n', StringSplitOptions.TrimEntries);
            Assert.That(group[Array.IndexOf(group, "pending") + 1], Is.EqualTo("0"), stream);
            Assert.That(group[Array.IndexOf(group, "lag") + 1], Is.EqualTo("0"), stream);
        }
    }

    internal static Task<TradeOsResult> RunAsync(
        RedisServerProcess redis, TemporaryDirectory data, string feed, params string[] more) =>
        TradeOsProcess.RunAsync(
        [
            "run", "--redis", redis.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path,
            "--feed", feed, "--until-idle", "--json", .. more,
        ]);
}

using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class SimulatorTests
{
    [Test]
    public void SplitMix64_OfSeed1234567_MakesThePublishedNumbers()
    {
        // First outputs of the reference code for this seed: https://prng.di.unimi.it/splitmix64.c
        var random = new SplitMix64(1234567, 0);

        Assert.That(
            new[] { random.Next(), random.Next(), random.Next() },
            Is.EqualTo(new[] { 6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL }));
    }

    [Test]
    public void SplitMix64_SkippingAhead_StandsWhereMakingEachWouldStand()
    {
        var walked = new SplitMix64(42, 0);
        for (var count = 0; count < 1000; count++) walked.Next();

        Assert.That(new SplitMix64(42, 1000).Next(), Is.EqualTo(walked.Next()));
    }

    [Test]
    public async Task Simulator_OfOneSeed_MakesTheSameTradesForEver()
    {
        using var run = new FeedRun();

        await run.ToEndAsync("simulated:seed=1,rate=max,count=20000");

        // Changes only with the model itself: then every recorded simulation is another one.
        Assert.That(Samples.Sha256(await run.TextAsync()),
            Is.EqualTo("89c52892f37a39dd85d993242bdcbef95e2e9913f4f0b4d7aa0a932b472c070a"));
    }

    [Test]
    public async Task Simulator_OfAnotherSeed_MakesOtherTrades()
    {
        using var one = new FeedRun();
        using var two = new FeedRun();

        await one.ToEndAsync("simulated:seed=1,rate=max,count=100");
        await two.ToEndAsync("simulated:seed=2,rate=max,count=100");

        Assert.That(await one.TextAsync(), Is.Not.EqualTo(await two.TextAsync()));
    }

    [Test]
    public async Task Simulator_WithMoreToCount_GoesOnWhereItWas()
    {
        using var parts = new FeedRun { BatchCountMax = 17 };
        using var whole = new FeedRun();

        for (var count = 100; count <= 500; count += 100) await parts.ToEndAsync(
            $"simulated:symbols=5,rate=max,count={count}");
        await whole.ToEndAsync("simulated:symbols=5,rate=max,count=500");

        Assert.That(await parts.TextAsync(), Is.EqualTo(await whole.TextAsync()));
    }

    [Test]
    public async Task Simulator_OfManySymbols_TradesEachInMarketTime()
    {
        using var run = new FeedRun();

        await run.ToEndAsync("simulated:symbols=20,rate=max,step=50,count=5000");

        var trades = (await run.EventsAsync()).Cast<Trade>().ToList();
        Assert.That(trades.Select(trade => trade.Symbol).Distinct().Order(StringComparer.Ordinal),
            Is.EqualTo(Enumerable.Range(1, 20).Select(index => $"SIM{index:000}")));
        Assert.That(trades[0].At, Is.EqualTo(new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        Assert.That(trades[^1].At - trades[0].At, Is.EqualTo(TimeSpan.FromMilliseconds(50 * 4999)));
    }

    [Test]
    public async Task Simulator_HoweverLongItRuns_StaysNearItsStartAndMoves()
    {
        using var run = new FeedRun();

        await run.ToEndAsync("simulated:symbols=1,rate=max,count=100000");

        var prices = (await run.EventsAsync()).Cast<Trade>().Select(trade => trade.Price.Value).ToList();
        Assert.That(prices.Min(), Is.InRange(60, 74));
        Assert.That(prices.Max(), Is.InRange(76, 90));
    }

    [Test]
    public async Task Simulator_AtARate_KeepsPace()
    {
        using var run = new FeedRun();
        var start = TimeProvider.System.GetTimestamp();

        await run.ToEndAsync("simulated:rate=200,count=100");

        Assert.That(TimeProvider.System.GetElapsedTime(start),
            Is.InRange(TimeSpan.FromSeconds(0.45), TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task Simulator_WithoutACount_NeverCompletes()
    {
        using var run = new FeedRun();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.3));

        await run.ToStopAsync(bus => bus, stop.Token, "simulated:rate=100");

        Assert.That(run.Progress.IsCompleted, Is.False);
        Assert.That(run.Progress.Rows, Is.GreaterThan(1));
    }
}

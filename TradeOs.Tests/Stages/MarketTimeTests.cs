using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>What is believed of the times other programs write.</summary>
public sealed class MarketTimeTests
{
    private const double Day = 86_400;
    private const double Year = 366 * Day;

    /// <summary>Seconds of the entries shown, in order, and which of them are doubted.</summary>
    private static readonly TestCaseData[] Rows =
    [
        Row("the first entry is taken at its word", "b", -Year),
        Row("steps within the jump", "bbbb", 0, 31 * Day, 0, 20 * Day),
        Row("a month of bars", "bb", 0, 31 * Day),
        Row("one far ahead", "bdb", 0, Year, 1),
        Row("one far back", "bdb", 0, -Year, 1),
        Row("a second that agrees moves time there", "bdbb", 0, Year, Year + 1, Year + 2),
        Row("the other way, too", "bdbb", 0, -Year, 1 - Year, 2 - Year),
        Row("two that do not agree", "bddb", 0, Year, 2 * Year, 1),
        Row("a doubt is forgotten by what is believed", "bdbdb", 0, Year, 1, Year, 2),
        Row("moved by a lie, two bring it back", "bdbdbb", 0, Year, Year, 1, 2, 3),
        Row("creeping ahead ends the same way", "bbbdbb", 0, 31 * Day, 62 * Day, 1, 2, 3),
        Row("an older file after a newer one loses one row", "bbdbb", Year, Year + 1, 0, 1, 2),
        Row("a source of another year between is all doubted", "bdbdbdb", 0, Year, 1, Year + 1, 2, Year + 2, 3),
    ];

    [TestCaseSource(nameof(Rows))]
    public string Engine_ShownTimes_BelievesOrDoubts(double[] seconds)
    {
        var run = Run();
        var seen = seconds.Select(second =>
        {
            run.Show(Sample.Trade(second, 100));
            return run.Doubt is null ? 'b' : 'd';
        });
        return string.Concat(seen);
    }

    [Test]
    public void Engine_Doubting_SaysWhatWasFoundExpectedAndTheNextMove()
    {
        var run = Run();

        run.Show(Sample.Trade(0, 100), Sample.Trade(Year, 100));

        Assert.That(run.Doubt, Is.EqualTo(
            "field 'at' is \"2025-08-09T12:00:00.000000Z\", expected within 31.00:00:00 of " +
            "2024-08-08T12:00:00.000000Z, the newest of BTCUSDT; a second entry that agrees moves market time there " +
            "(Market:TimeJumpMax)"));
    }

    [Test]
    public void Engine_OfOneSymbol_DoubtsNothingOfAnother()
    {
        var run = Run();

        run.Show(Sample.Trade(0, 100), Sample.Trade(Year, 100, symbol: "ETHUSDT"));

        Assert.That(run.Doubt, Is.Null);
    }

    [Test]
    public void Engine_OfQuotesAndTrades_KeepsOneTime()
    {
        var run = Run();

        run.Show(Sample.Trade(0, 100), Quote(Year));
        var quote = run.Doubt;
        run.Show(Sample.Trade(Year, 100));

        Assert.That(quote, Is.Not.Null);
        Assert.That(run.Doubt, Is.Null, "the quote and the trade agree");
    }

    [Test]
    public void Engine_WhenTimeMovesBack_DropsTheBarAndTheQuoteOfTheTimeLeft()
    {
        var run = Run();

        run.Show(Sample.Trade(Year, 900), Quote(Year), Sample.Trade(0, 100), Sample.Trade(1, 101), Quote(1.5));

        var tick = run.KeyedOf(Sample.Trade(0, 1))!;
        Assert.That((tick.Bar!.High, tick.Bar.Volume), Is.EqualTo((101m, 1m)));
        Assert.That(tick.Quote!.At, Is.EqualTo(Sample.Noon.AddSeconds(1.5)));
    }

    [Test]
    public void Engine_WhenTimeMovesBack_TakesFinishedBarsAgain()
    {
        var run = Run();

        run.Show(Sample.Bar(400, 5, 6, 4, 5), Sample.Bar(1, 5, 6, 4, 5));
        var code = run.CodeOf(Sample.Bar(2, 5, 6, 4, 5), Sample.Bar(3, 5, 6, 4, 5));

        Assert.That(code, Is.EqualTo("passed"));
    }

    [Test]
    public void Engine_WhenTimeMoves_ForgetsWhatIndicatorsRememberOfTheTimeLeft()
    {
        var (moved, fresh) = (Run(), Run());
        MarketEvent[] later = [.. Bars(400, 200).Skip(1)];

        moved.Show(Bars(0, 90));
        moved.Show(Bars(400, 200).Take(1));
        var said = later.SelectMany(bar => moved.Show(bar)).OfType<Signal>().ToArray();
        var expected = later.SelectMany(bar => fresh.Show(bar)).OfType<Signal>().ToArray();

        Assert.That(expected, Is.Not.Empty);
        Assert.That(said.Where(signal => signal.Side == Side.Buy).Take(1), Is.EqualTo(
            expected.Where(signal => signal.Side == Side.Buy).Take(1)), "as if the bars a year before had not been");
        Assert.That(
            moved.SharedOf(later[0])!.Range, Is.EqualTo(fresh.SharedOf(later[0])!.Range));
    }

    [Test]
    public void Engine_WhenTimeMovesWhileSomethingIsHeld_KeepsItAndStillLeavesAtItsStop()
    {
        var run = Run();
        var entered = Bars(0, 400).TakeWhile(bar => run.Show(bar) is not [Signal { Side: Side.Buy }, ..]).Count();
        var held = run.SharedOf(Sample.Bar(0, 1, 1, 1, 1))!;

        run.Show(Sample.Bar(2000, 100, 101, 99, 100));
        var said = run.Show(Sample.Bar(2001, 1, 1, 1, 1)).Cast<Signal>().ToArray();

        Assert.That(entered, Is.LessThan(400), "something was entered");
        Assert.That(Holdings(held), Is.Not.Empty);
        Assert.That(said.Select(signal => (signal.Side, signal.Reason)), Is.EqualTo(
            Holdings(held).Select(_ => (Side.Sell, "stop"))));
    }

    [Test]
    public void Engine_AfterADoubtedEntry_MakesTheBarsItMakesWithoutIt()
    {
        var (with, without) = (Run(), Run());

        with.Show(Sample.Trade(0.1, 100), Sample.Trade(Year, 900), Sample.Trade(-Year, 1), Sample.Trade(0.2, 101));
        without.Show(Sample.Trade(0.1, 100), Sample.Trade(0.2, 101));

        var symbol = Sample.Trade(0, 1);
        Assert.That(with.KeyedOf(symbol), Is.EqualTo(without.KeyedOf(symbol)));
    }

    [Test]
    public async Task Pipeline_OnDoubtedTimes_WritesTheSameHoweverBatchedRestartedAndCrashed()
    {
        // Waves of trades that strategies speak on, with lies between them and a move to the year before.
        var events = Enumerable.Range(0, 900).Select(number => Sample.Trade(
            number - (number > 600 ? Year : 0) + (number % 97 == 0 ? 3 * Year : 0),
            100 + Math.Abs((number % 40) - 20))).ToArray();
        var expected = await TextAsync(events, 100, Life.Calm);

        Assert.That(expected.Count(line => line.StartsWith(StreamNames.DeadLetters)), Is.EqualTo(10 + 1));
        Assert.That(expected.Count(line => line.StartsWith(StreamNames.SignalsRaw)), Is.GreaterThan(20));
        foreach (var batchCountMax in (int[])[1, 7, 256])
            foreach (var life in Enum.GetValues<Life>())
                Assert.That(await TextAsync(events, batchCountMax, life), Is.EqualTo(expected), $"{life}");
    }

    private static async Task<IReadOnlyList<string>> TextAsync(MarketEvent[] events, int batchCountMax, Life life)
    {
        var run = await new PipelineRun(new StageOptions(), batchCountMax, life).FeedAsync(events);
        return await (await run.RunAsync()).TextAsync();
    }

    private static PureRun<MarketEvent, SymbolStrategies, TickState> Run() =>
        PureRun.Of(new SignalEngine(new StrategiesOptions(), new MarketOptions()));

    private static IEnumerable<MarketEvent> Bars(int from, int count) => Enumerable.Range(0, count).Select(number =>
    {
        var price = 100 + Math.Abs((number % 40) - 20);
        return Sample.Bar(from + number, price, price + 1, price - 1, price);
    });

    private static Holding[] Holdings(SymbolStrategies known) =>
    [
        .. new[] { known.EmaCross?.Holding, known.RsiReversion?.Holding, known.DonchianBreakout?.Holding }
            .OfType<Holding>(),
    ];

    private static Quote Quote(double seconds) => new(
        Sample.Noon.AddSeconds(seconds), "test", "BTCUSDT", new Price(7), new Quantity(1), new Price(9),
        new Quantity(1));

    private static TestCaseData Row(string reason, string expected, params double[] seconds) =>
        new TestCaseData(seconds).Returns(expected).SetArgDisplayNames(reason);
}

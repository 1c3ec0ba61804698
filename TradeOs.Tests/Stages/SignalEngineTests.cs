using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class SignalEngineTests
{
    [Test]
    public void Engine_ShownTrades_MakesBarsOfThem()
    {
        var run = Run();

        run.Show(Sample.Trade(0.1, 100, 2), Sample.Trade(0.5, 103), Sample.Trade(0.9, 99), Sample.Trade(0.95, 101, 3));

        var bar = run.KeyedOf(Sample.Trade(0, 1))!.Bar!;
        Assert.That((bar.High, bar.Low, bar.Close, bar.Volume), Is.EqualTo((103m, 99m, 101m, 7m)));
    }

    [Test]
    public void Engine_ShownATradeOfALaterInterval_StartsANewBarAtIt()
    {
        var run = Run();

        run.Show(Sample.Trade(0.1, 100), Sample.Trade(7.2, 105));

        Assert.That(run.KeyedOf(Sample.Trade(0, 1))!.Bar!.High, Is.EqualTo(105m));
    }

    [Test]
    public void Engine_ShownATradeThatStepsBack_CountsItInTheCurrentBar()
    {
        var run = Run();

        run.Show(Sample.Trade(5.1, 100), Sample.Trade(3.2, 90), Sample.Trade(5.2, 101));

        var bar = run.KeyedOf(Sample.Trade(0, 1))!.Bar!;
        Assert.That((bar.High, bar.Low, bar.Close, bar.Volume), Is.EqualTo((101m, 90m, 101m, 3m)));
    }

    [Test]
    public void Engine_ShownABarThatIsNotLater_Refuses()
    {
        Assert.That(
            Run().CodeOf(Sample.Bar(1, 5, 6, 4, 5), Sample.Bar(1, 5, 6, 4, 5)),
            Is.EqualTo(RejectionCodes.BarOutOfOrder));
        Assert.That(
            Run().CodeOf(Sample.Bar(2, 5, 6, 4, 5), Sample.Bar(1, 5, 6, 4, 5)),
            Is.EqualTo(RejectionCodes.BarOutOfOrder));
    }

    [Test]
    public void Engine_OfASymbolFedBars_DoesNotBelieveItsTrades()
    {
        var run = Run();

        run.Show(Sample.Bar(1, 5, 6, 4, 5), Sample.Trade(0, 5, symbol: "SPY"));

        Assert.That(run.Doubt, Is.EqualTo(
            "field 'kind' is \"trade\", expected bar or quote: SPY is fed finished bars since the first one; give " +
            "trades another symbol"));
        Assert.That(run.KeyedOf(Sample.Trade(0, 1, symbol: "SPY"))!.Bar, Is.Null);
    }

    [Test]
    public void Engine_OfASymbolFedTrades_DoesNotBelieveABarAndGoesOn()
    {
        var run = Run();
        var bar = Sample.Bar(0, 5, 6, 4, 5) with { Symbol = "BTCUSDT" };

        run.Show(Sample.Trade(0.1, 100), bar);
        var doubt = run.Doubt;
        run.Show(Sample.Trade(0.2, 101));

        Assert.That(doubt, Is.EqualTo(
            "field 'kind' is \"bar\", expected trade or quote: the bars of BTCUSDT are made of its trades since the " +
            "first one; give finished bars another symbol"));
        Assert.That(run.Doubt, Is.Null);
        Assert.That(run.KeyedOf(bar)!.Bar!.Volume, Is.EqualTo(2m));
    }

    [Test]
    public void Engine_WhenAFreshQuoteIsKnown_SignalsItsBidAndAsk()
    {
        var quote = new Quote(
            Sample.Noon.AddDays(9), "test", "SPY", new Price(7), new Quantity(1), new Price(9), new Quantity(1));

        var fresh = (Signal)Run().Show([.. Fall(9), quote with { At = Rise(9).At.AddSeconds(-5) }, Rise(9)])[0];
        var stale = (Signal)Run().Show([.. Fall(9), quote with { At = Rise(9).At.AddSeconds(-5.001) }, Rise(9)])[0];

        Assert.That((fresh.Bid.Value, fresh.Ask.Value), Is.EqualTo((7m, 9m)));
        Assert.That((stale.Bid, stale.Ask), Is.EqualTo((stale.Price, stale.Price)));
    }

    [Test]
    public void Engine_ShownAnOlderQuote_KeepsTheNewer()
    {
        var run = Run();
        var quote = new Quote(Sample.Noon, "test", "SPY", new Price(7), new Quantity(1), new Price(9), new Quantity(1));

        run.Show(quote, quote with { At = quote.At.AddSeconds(-1), Bid = new Price(1) });

        Assert.That(run.KeyedOf(quote)!.Quote!.Bid.Value, Is.EqualTo(7m));
    }

    [Test]
    public void Engine_WhenAStrategyEnters_SaysSo()
    {
        var signal = (Signal)Run().Show([.. Fall(9), Rise(9)])[0];

        Assert.That(signal with { AverageTrueRange = null }, Is.EqualTo(new Signal(
            Rise(9).At, "SPY", "ema-cross", Side.Buy, new Price(110), new Price(110), new Price(110), new Quantity(7),
            1, "cross-up", null)));
        Assert.That(signal.AverageTrueRange, Is.GreaterThan(0m));
    }

    [TestCase(90, "stop")]
    [TestCase(130, "target")]
    [TestCase(110.5, null)]
    public void Engine_WhileAStrategyHolds_LeavesAtStopOrTarget(decimal close, string? reason)
    {
        var said = Run().Show([.. Fall(9), Rise(9), Sample.Bar(10, close, close, close, close)]);

        Assert.That(said.Cast<Signal>().FirstOrDefault()?.Reason, Is.EqualTo(reason));
        Assert.That(said.Cast<Signal>().All(signal => signal is { Side: Side.Sell, Confidence: 1 }), Is.True);
    }

    [Test]
    public void Engine_WhenAStrategyHeldLongEnough_LeavesByTime()
    {
        var bars = Enumerable.Range(10, 5).Select(day => Sample.Bar(day, 111, 111, 111, 111));

        var said = Run().Show([.. Fall(9), Rise(9), .. bars]);

        Assert.That(((Signal)said[0]).Reason, Is.EqualTo("time"));
    }

    [Test]
    public void Engine_InAMarketThatNeverMoved_EntersNothing() => Assert.That(
        Run().Show(Enumerable.Range(0, 50).Select(day => Sample.Bar(day, 5, 5, 5, 5))), Is.Empty);

    /// <summary>Only ema-cross runs: averages of 2 and 4 bars, range of 3, five bars at most.</summary>
    private static PureRun<MarketEvent, SymbolStrategies, TickState> Run() =>
        PureRun.Of(new SignalEngine(new StrategiesOptions
    {
        Bars = new BarsOptions { AtrPeriod = 3 },
        EmaCross = new EmaCrossOptions
        {
            FastPeriod = 2, SlowPeriod = 4, HoldBarsMax = 5, StopMultiple = 2, TargetMultiple = 2,
        },
        RsiReversion = new RsiReversionOptions { Enabled = false },
        DonchianBreakout = new DonchianBreakoutOptions { Enabled = false },
    }, new MarketOptions()));

    private static IEnumerable<MarketEvent> Fall(int days) =>
        Enumerable.Range(0, days).Select(day => Sample.Bar(day, 101 - day, 101 - day, 100 - day, 100 - day));

    private static Bar Rise(int day) => Sample.Bar(day, 92, 110, 92, 110);
}

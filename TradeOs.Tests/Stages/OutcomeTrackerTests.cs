using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class OutcomeTrackerTests
{
    [Test]
    public void Tracker_ShownAFillBeyondAnyBook_DoesNotBelieveIt()
    {
        var run = PureRun.Of(new OutcomeTracker());

        run.Show(Sample.Fill(1, Side.Buy, 100_000_000_000_000m, 1), Sample.Fill(2, Side.Buy, 1, 1));

        Assert.That(run.Doubt, Is.EqualTo(
            "field 'qty' is \"1\", expected no more than makes 100000000000000 units of BTCUSDT held by ema-cross; " +
            "look at who wrote that fill"));
    }

    [Test]
    public void Tracker_OfWhatWasBoughtForNextToNothing_BoundsTheReturn()
    {
        var run = PureRun.Of(new OutcomeTracker());

        var won = run.Show(
            Sample.Fill(1, Side.Buy, 1, 0.0000000000000000000000000001m), Sample.Fill(2, Side.Sell, 1, 100));

        Assert.That(((Outcome)won[0]).Return, Is.EqualTo(Canonical.AmountMax));
    }

    [Test]
    public void Tracker_ShownAnExit_ClosesTheRoundTrip()
    {
        var said = Run().Show(Buy(1, 2, 100, 0.2m), Sell(4, 2, 110, 0.22m));

        Assert.That(said, Is.EqualTo(new[] { Expected(2, 100, 110, 20, 0.42m, 0.0979m, 3000, 0, 0) }));
    }

    [TestCase(110, 0, 0.1)]
    [TestCase(90, 0, -0.1)]
    [TestCase(100, 0, 0)]
    [TestCase(101, 1, 0)]
    [TestCase(101, 2, -0.01)]
    public void Tracker_ClosingARoundTrip_CountsFeesInTheReturn(decimal price, decimal fee, decimal share)
    {
        var outcome = (Outcome)Run().Show(Buy(1, 1, 100), Sell(2, 1, price, fee))[0];

        Assert.That(outcome.Return, Is.EqualTo(share));
    }

    [Test]
    public void Tracker_SellingPart_SharesTheFeeAndKeepsTheRest()
    {
        var run = Run();

        var first = run.Show(Buy(1, 3, 100, 1), Sell(2, 1, 110));
        var second = run.Show(Sell(3, 2, 120));

        Assert.That(first, Is.EqualTo(new[] { Expected(1, 100, 110, 10, 0.33333333m, 0.09666667m, 1000, 2, 100) }));
        var expected = Expected(2, 100, 120, 40, 0.66666667m, 0.19666667m, 2000, 0, 0);
        Assert.That(second, Is.EqualTo(new[] { expected with { At = Sample.Noon.AddSeconds(3) } }));
        Assert.That(run.KeyedOf(Sell(1, 1, 1)), Is.Null);
    }

    [Test]
    public void Tracker_SellingOverLots_ClosesTheOldestFirst()
    {
        var run = Run();
        run.Show(Buy(1, 1, 100), Buy(2, 2, 130), Buy(3, 4, 160));

        var said = run.Show(Sell(5, 2, 140)).Cast<Outcome>().ToArray();

        Assert.That(said.Select(outcome => outcome.EntryPrice.Value), Is.EqualTo([100m, 130m]));
        Assert.That(said.Select(outcome => outcome.Pnl), Is.EqualTo([40m, 10m]));
        Assert.That(said.Select(outcome => outcome.OpenQuantity.Value), Is.EqualTo([6m, 5m]));
        Assert.That(said[1].OpenPrice.Value, Is.EqualTo(154m));
    }

    [Test]
    public void Tracker_SellingMoreThanHeld_ClosesWhatIsHeldAndRefusesTheRest()
    {
        var said = Run().Show(Buy(1, 1, 100), Sell(2, 3, 110));

        Assert.That(((Outcome)said[0]).Quantity.Value, Is.EqualTo(1));
        Assert.That(((Rejection)said[1]).Code, Is.EqualTo(RejectionCodes.NothingHeld));
        Assert.That(((Rejection)said[1]).Detail, Is.EqualTo("paper-2-1 sells 2 more than ema-cross holds"));
    }

    [Test]
    public void Tracker_ShownFillsOfTwoStrategies_KeepsThemApart() => Assert.That(
        Run().CodeOf(
            Buy(1, 1, 100), Sell(2, 1, 110) with { Strategy = "other" }), Is.EqualTo(RejectionCodes.NothingHeld));

    private static PureRun<Fill, NoState, Book> Run() => PureRun.Of(new OutcomeTracker());

    private static Fill Buy(int number, decimal quantity, decimal price, decimal fee = 0) =>
        Sample.Fill(number, Side.Buy, quantity, price, fee);

    private static Fill Sell(int number, decimal quantity, decimal price, decimal fee = 0) =>
        Sample.Fill(number, Side.Sell, quantity, price, fee);

    private static Outcome Expected(
        decimal quantity, decimal entry, decimal exit, decimal pnl, decimal fees, decimal share, long heldMs,
        decimal openQuantity, decimal openPrice) => new(
        Sample.Noon.AddMilliseconds(1000 + heldMs), "BTCUSDT", "ema-cross", Side.Buy, new Quantity(quantity),
        new Price(entry), new Price(exit), pnl, fees, share, heldMs, new Quantity(openQuantity), new Price(openPrice));
}

using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class MetricsPublisherTests
{
    /// <summary>empyrical's mixed_returns without its leading nan, and its Sharpe ratio annualised over 252
    /// days.</summary>
    private static readonly double[] MixedReturns = [0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10];

    private const double MixedSharpeAnnual = 1.7238613961706866;

    [Test]
    public void Metrics_OfEmpyricalsReturns_HaveItsSharpe()
    {
        var statistics = MixedReturns.Aggregate(ReturnStatistics.Empty, (seen, next) => seen.Add(next));
        var snapshot = Last(MixedReturns.Select(share => Sample.Outcome(1, (decimal)share)));

        Assert.That(statistics.Sharpe * Math.Sqrt(252), Is.EqualTo(MixedSharpeAnnual).Within(1e-14));
        Assert.That((double)snapshot.Sharpe * Math.Sqrt(252), Is.EqualTo(MixedSharpeAnnual).Within(1e-6));
    }

    [Test]
    public void Metrics_ShownMoreThanAnAccountCanHold_DoNotBelieveIt()
    {
        var run = PureRun.Of(new MetricsPublisher(new AccountOptions()));

        run.Show(Sample.Outcome(1), Sample.Outcome(Canonical.AmountMax) with { ExitPrice = new Price(1) });

        Assert.That(run.Doubt, Is.EqualTo(
            "field 'pnl' is \"10000000000000000000000000000\", expected no sum of the account beyond " +
            "10000000000000000000000000000; look at who wrote that outcome"));
    }

    [Test]
    public void Metrics_AfterSomeOutcomes_AddThemUp()
    {
        var snapshot = Last(
        [
            Sample.Outcome(30, 0.3m, 1), Sample.Outcome(-20, -0.2m, 1), Sample.Outcome(1, 0, 1),
            Sample.Outcome(50, 0.5m),
        ]);

        Assert.That(snapshot with { Sharpe = 0 }, Is.EqualTo(new MetricsSnapshot(
            Sample.Noon, 4, 2, 0.5m, 61, 3, 58, 3.761905m, 0.02040816m, 0, 1058)));
    }

    [TestCase(1, 1000, TestName = "no loss")]
    [TestCase(-1, 0, TestName = "no profit")]
    [TestCase(0, 0, TestName = "neither")]
    public void Metrics_WithoutBothProfitAndLoss_HaveANumberForTheProfitFactor(decimal pnl, decimal expected) =>
        Assert.That(Last([Sample.Outcome(pnl)]).ProfitFactor, Is.EqualTo(expected));

    [Test]
    public void Metrics_OfOneOrOfEqualReturns_HaveNoSharpe()
    {
        Assert.That(Last([Sample.Outcome(1, 0.1m)]).Sharpe, Is.Zero);
        Assert.That(Last([Sample.Outcome(1, 0.5m), Sample.Outcome(1, 0.5m)]).Sharpe, Is.Zero);
    }

    [Test]
    public void Metrics_WhileAPositionIsOpen_ValueItAtTheLastPriceShown()
    {
        var part = Sample.Outcome(10) with { OpenQuantity = new Quantity(3), OpenPrice = new Price(100) };

        Assert.That(Last([part]).Equity, Is.EqualTo(1000 + 10 + 30));
        Assert.That(
            Last([part, Sample.Outcome(5)]).Equity, Is.EqualTo(1000 + 10 + 5), "closed, it is worth its result");
        Assert.That(
            Last([part, Sample.Outcome(5) with { Strategy = "other" }]).Equity, Is.EqualTo(1000 + 10 + 30 + 5),
            "another strategy's outcome changes nothing");
    }

    [Test]
    public void Metrics_WhenEquityFalls_KeepTheLargestDrawdown()
    {
        var snapshot = Last([Sample.Outcome(-100), Sample.Outcome(300), Sample.Outcome(-60), Sample.Outcome(500)]);

        Assert.That(snapshot.MaxDrawdown, Is.EqualTo(0.1m));
    }

    private static MetricsSnapshot Last(IEnumerable<Outcome> outcomes) =>
        (MetricsSnapshot)PureRun.Of(new MetricsPublisher(new AccountOptions { Capital = 1000 })).Show(outcomes)[0];
}

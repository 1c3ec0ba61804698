using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class IntentPlannerTests
{
    private static readonly AccountOptions Account = new() { Capital = 10_000m };

    [TestCase(1, "1.998", 199.8, TestName = "2 percent of the capital over the ask, rounded down")]
    [TestCase(0.5, "0.999", 99.9, TestName = "half the weight")]
    [TestCase(2, "3.996", 399.6, TestName = "twice the weight")]
    public void Planner_ShownAnEntry_SizesIt(decimal weight, string quantity, decimal notional)
    {
        var intent = (Intent)Run().Show(Sample.Weighted(Sample.Buy, weight))[0];

        Assert.That(intent.Quantity.ToString(), Is.EqualTo(quantity));
        Assert.That(intent.Notional, Is.EqualTo(notional));
        Assert.That(intent.IntentId, Is.EqualTo("I-1"));
    }

    [Test]
    public void Planner_AskedToScaleByConfidence_TakesLess()
    {
        var run = Run(new PlannerOptions { QuantityStep = 0.001m, ScaleByConfidence = true });

        var intent = (Intent)run.Show(Sample.Weighted(Sample.Buy))[0];

        Assert.That(intent.Quantity.ToString(), Is.EqualTo("1.598"));
    }

    [Test]
    public void Planner_ShownAnExit_SellsExactlyWhatWasPlannedAndForgetsThePlan()
    {
        var run = Run();

        var intent = (Intent)run.Show(
            Sample.Weighted(Sample.Buy), Sample.Weighted(Sample.Sell with { Price = new Price(55) }))[0];

        Assert.That(
            (intent.Side, intent.Quantity.ToString(), intent.IntentId), Is.EqualTo((Side.Sell, "1.998", "I-2")));
        Assert.That(run.KeyedOf(Sample.Weighted(Sample.Sell)), Is.Null);
    }

    [Test]
    public void Planner_ShownASecondEntry_Refuses() => Assert.That(
        Run().CodeOf(Sample.Weighted(Sample.Buy), Sample.Weighted(Sample.Buy)), Is.EqualTo(RejectionCodes.AlreadyOpen));

    [Test]
    public void Planner_ShownAnExitWithoutPlan_Refuses() => Assert.That(
        Run().CodeOf(Sample.Weighted(Sample.Sell)), Is.EqualTo(RejectionCodes.NothingToClose));

    [Test]
    public void Planner_ShownAnExitOfAnotherStrategy_Refuses() => Assert.That(
        Run().CodeOf(Sample.Weighted(Sample.Buy), Sample.Weighted(Sample.Sell with { Strategy = "other" })),
        Is.EqualTo(RejectionCodes.NothingToClose));

    [TestCase(1_000_000, RejectionCodes.QuantityTooSmall, TestName = "the capital buys less than a step")]
    [TestCase(0.000000000001, RejectionCodes.QuantityTooLarge, TestName = "the capital buys more than any order")]
    public void Planner_AtAnExtremePrice_RefusesInsteadOfFailing(double ask, string code)
    {
        var signal = Sample.Buy with { Ask = new Price((decimal)ask), Price = new Price(1_000_000_000_000m) };

        Assert.That(Run().CodeOf(Sample.Weighted(signal)), Is.EqualTo(code));
    }

    private static PureRun<ModifiedSignal, PlannerState, OpenPlan> Run(PlannerOptions? options = null) =>
        PureRun.Of(new IntentPlanner(options ?? new PlannerOptions { QuantityStep = 0.001m }, Account));
}

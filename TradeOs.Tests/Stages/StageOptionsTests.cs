using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class StageOptionsTests
{
    private static readonly TestCaseData[] Wrong =
    [
        Row("Label", options => options.Account.Label = "two words"),
        Row("Capital", options => options.Account.Capital = 0),
        Row("Interval", options => options.Strategies.Bars.Interval = TimeSpan.Zero),
        Row("AtrPeriod", options => options.Strategies.Bars.AtrPeriod = 1),
        Row("StopMultiple", options => options.Strategies.EmaCross.StopMultiple = double.NaN),
        Row("HoldBarsMax", options => options.Strategies.DonchianBreakout.HoldBarsMax = 0),
        Row(
            "Strategies:EmaCross:FastPeriod is 21, expected less than SlowPeriod, which is 21.",
            options => options.Strategies.EmaCross.FastPeriod = 21),
        Row(
            "Strategies:RsiReversion:Oversold is 70, expected less than ExitLevel, which is 60.",
            options => options.Strategies.RsiReversion.Oversold = 70),
        Row(
            "Strategies:DonchianBreakout:ExitBars is 21, expected at most EntryBars, which is 20.",
            options => options.Strategies.DonchianBreakout.ExitBars = 21),
        Row("ConfidenceMin", options => options.Qualifier.ConfidenceMin = 1.01m),
        Row("Cooldown", options => options.Qualifier.Cooldown = TimeSpan.FromSeconds(-1)),
        Row("TargetVolatility", options => options.Modifier.TargetVolatility = 0),
        Row(
            "Modifier:WeightMin is 2.5, expected at most WeightMax, which is 2.",
            options => options.Modifier.WeightMin = 2.5m),
        Row("RiskFraction", options => options.Planner.RiskFraction = 1.0001m),
        Row("QuantityStep", options => options.Planner.QuantityStep = 0),
        Row(
            "Feasibility:QuantityMin is 2000000, expected at most QuantityMax, which is 1000000.",
            options => options.Feasibility.QuantityMin = 2_000_000),
        Row(
            "Feasibility:NotionalMin is 10001, expected at most NotionalMax, which is 10000.",
            options => options.Feasibility.NotionalMin = 10_001),
        Row("RateMax", options => options.Feasibility.RateMax = 0),
        Row("RateWindow", options => options.Feasibility.RateWindow = TimeSpan.Zero),
        Row("Slippage", options => options.Execution.Slippage = (SlippageModel)9),
        Row("PriceStep", options => options.Execution.PriceStep = 0),
        Row("FeeBps", options => options.Execution.FeeBps = -1),
        Row("FeeAsset", options => options.Execution.FeeAsset = ""),
    ];

    [Test]
    public void Options_AsShipped_AreRight() => Assert.That(new StageOptions().Validate(), Is.Empty);

    [TestCaseSource(nameof(Wrong))]
    public void Options_WithOneWrongSetting_SayWhich(string expected, Action<StageOptions> spoil)
    {
        var options = new StageOptions();

        spoil(options);

        Assert.That(options.Validate(), Has.Length.EqualTo(1).And.Some.Contains(expected));
    }

    private static TestCaseData Row(string expected, Action<StageOptions> spoil) =>
        new TestCaseData(expected, spoil).SetArgDisplayNames(expected);
}

using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>Opinions of the strategies' own rules, bar by bar: <c>.</c> none, <c>+</c> enter, <c>-</c> leave.</summary>
public sealed class StrategyTests
{
    [TestCase(
        new double[] { 5, 4, 3, 2, 1, 9, 9, 1, 1 }, ".....+.-.", TestName = "over after a fall, under after a rise")]
    [TestCase(
        new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, ".........", TestName = "above from the start is no crossing")]
    [TestCase(new double[] { 5, 5, 5, 5, 5, 6, 7, 5, 3 }, ".....+.-.", TestName = "from level is a crossing")]
    public void EmaCross_ShownCloses_Thinks(double[] closes, string expected) => Assert.That(
        Opinions(new EmaCross(new EmaCrossOptions { FastPeriod = 2, SlowPeriod = 4 }), closes), Is.EqualTo(expected));

    [TestCase(
        new double[] { 9, 8, 7, 6, 8, 9, 8 }, "....+-.", TestName = "back over the oversold level, then recovered")]
    [TestCase(new double[] { 9, 8, 7, 6, 5, 4, 3 }, ".......", TestName = "still falling")]
    [TestCase(new double[] { 5, 6, 7, 8, 9, 9, 9 }, "....---", TestName = "never oversold")]
    public void RsiReversion_ShownCloses_Thinks(double[] closes, string expected) => Assert.That(
        Opinions(new RsiReversion(new RsiReversionOptions { Period = 3, Oversold = 40, ExitLevel = 63 }), closes),
        Is.EqualTo(expected));

    [TestCase(
        new double[] { 5, 6, 5, 6, 7, 7, 6, 5, 4 }, "....+..--", TestName = "above the highest, below the lowest")]
    [TestCase(new double[] { 5, 6, 5, 6, 6, 5, 6, 5, 6 }, ".........", TestName = "at the highest is not above it")]
    [TestCase(new double[] { 1, 2, 3 }, "...", TestName = "too few bars")]
    public void DonchianBreakout_ShownCloses_Thinks(double[] closes, string expected) => Assert.That(
        Opinions(new DonchianBreakout(new DonchianBreakoutOptions { EntryBars = 3, ExitBars = 3 }), closes),
        Is.EqualTo(expected));

    [Test]
    public void Strategies_WhileTheRangeIsUnknown_DoNotEnter() => Assert.That(
        Opinions(
            new DonchianBreakout(new DonchianBreakoutOptions { EntryBars = 3, ExitBars = 2 }), [1, 2, 3, 4, 5], null),
        Is.EqualTo("....."));

    [TestCase(-1, 0.5)]
    [TestCase(0, 0.5)]
    [TestCase(0.5, 0.75)]
    [TestCase(7, 1)]
    public void Confidence_OfAStrength_IsBetweenHalfAndOne(double strength, double expected) =>
        Assert.That(Confidence.Of(strength), Is.EqualTo(expected));

    private static string Opinions<T>(IStrategy<T> strategy, double[] closes, double? range = 1)
        where T : class
    {
        var (indicators, text) = (strategy.Empty, "");
        foreach (var close in closes)
        {
            var opinion = strategy.Look(indicators, new FinishedBar(close, close, close), range);
            indicators = opinion.Indicators;
            text += opinion.Enter is not null ? '+' : opinion.ExitReason is not null ? '-' : '.';
        }

        return text;
    }
}

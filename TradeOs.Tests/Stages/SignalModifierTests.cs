using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class SignalModifierTests
{
    private static readonly ModifierOptions Options =
        new() { TargetVolatility = 0.001m, WeightMin = 0.25m, WeightMax = 2m };

    [TestCase(0.1, 1, 0.001, TestName = "at the target the weight is 1")]
    [TestCase(0.2, 0.5, 0.002, TestName = "twice the volatility, half the weight")]
    [TestCase(0.3, 0.3333, 0.003, TestName = "four places")]
    [TestCase(10, 0.25, 0.1, TestName = "never below the least")]
    [TestCase(0.0001, 2, 0.000001, TestName = "never above the most")]
    public void Modifier_ShownAnEntry_WeightsIt(decimal range, decimal weight, decimal volatility)
    {
        var said = Run().Show(Sample.Buy with { AverageTrueRange = range });

        Assert.That(said, Is.EqualTo(
            new[] { new ModifiedSignal(Sample.Buy with { AverageTrueRange = range }, weight, volatility) }));
    }

    [TestCase(null, TestName = "no range ever seen")]
    [TestCase(0, TestName = "a market that does not move")]
    [TestCase(101, TestName = "a range above the price")]
    [TestCase(0.0000001, TestName = "a range that rounds to nothing")]
    public void Modifier_WithoutABelievableVolatility_RefusesEntriesAndPassesExits(double? range)
    {
        var entry = Sample.Buy with { AverageTrueRange = (decimal?)range };
        var exit = Sample.Sell with { AverageTrueRange = (decimal?)range };

        Assert.That(Run().CodeOf(entry), Is.EqualTo(RejectionCodes.VolatilityUnknown));
        Assert.That(Run().Show(exit), Is.EqualTo(new[] { new ModifiedSignal(exit, 1, 0) }));
    }

    [Test]
    public void Modifier_ShownAnOutsideSignalWithoutRange_UsesTheSymbolsLast()
    {
        var outside = Sample.Buy with { Strategy = "outside", AverageTrueRange = null };

        var said = Run().Show(Sample.Buy with { AverageTrueRange = 0.2m }, outside);

        Assert.That(said, Is.EqualTo(new[] { new ModifiedSignal(outside, 0.5m, 0.002m) }));
    }

    [Test]
    public void Modifier_ShownAnExit_GivesItWeight1() =>
        Assert.That(Run().Show(Sample.Sell), Is.EqualTo(new[] { new ModifiedSignal(Sample.Sell, 1, 0.0005m) }));

    private static PureRun<Signal, NoState, ModifierState> Run() => PureRun.Of(new SignalModifier(Options));
}

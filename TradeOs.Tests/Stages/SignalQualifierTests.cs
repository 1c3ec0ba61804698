using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class SignalQualifierTests
{
    private static readonly QualifierOptions Options =
        new() { ConfidenceMin = 0.5m, Cooldown = TimeSpan.FromSeconds(10) };

    private static readonly TestCaseData[] Rows =
    [
        Row("a confident entry", "passed", Sample.Buy),
        Row("just confident enough", "passed", Sample.Buy with { Confidence = 0.5m }),
        Row("not confident enough", RejectionCodes.ConfidenceTooLow, Sample.Buy with { Confidence = 0.4999m }),
        Row("an exit needs no confidence", "passed", Sample.Sell with { Confidence = 0 }),
        Row("entry within the cooldown", RejectionCodes.Cooldown, Sample.Buy, After(Sample.Buy, 9.999)),
        Row("entry at its end", "passed", Sample.Buy, After(Sample.Buy, 10)),
        Row("exit within the cooldown", "passed", Sample.Buy, After(Sample.Sell, 1)),
        Row("another strategy has its own", "passed", Sample.Buy, After(Sample.Buy, 1) with { Strategy = "other" }),
        Row("another symbol has its own", "passed", Sample.Buy, After(Sample.Buy, 1) with { Symbol = "ETHUSDT" }),
        Row(
            "a refused entry starts none", "passed",
            Sample.Buy with { Confidence = 0 }, After(Sample.Buy, 1)),
        Row(
            "time is the signal's own, whatever came between", RejectionCodes.Cooldown,
            Sample.Buy, After(Sample.Sell, 60), After(Sample.Buy, 5)),
        Row("an entry stamped in the future holds up nothing", "passed", After(Sample.Buy, 1e8), Sample.Buy),
        Row("but what is near it", RejectionCodes.Cooldown, After(Sample.Buy, 9), Sample.Buy),
        Row(
            "nor does it end the cooldown of others", RejectionCodes.Cooldown,
            Sample.Buy, After(Sample.Buy, 1e8), After(Sample.Buy, 9)),
        Row("a repeat", RejectionCodes.Duplicate, Sample.Buy, Sample.Buy with { Reason = "other" }),
        Row("a repeated exit", RejectionCodes.Duplicate, Sample.Sell, Sample.Sell),
        Row("a repeat that is not the last", RejectionCodes.Duplicate, Sample.Sell, After(Sample.Buy, 1), Sample.Sell),
        Row("entry and exit at one time", "passed", Sample.Buy, Sample.Sell),
    ];

    [TestCaseSource(nameof(Rows))]
    public string Qualifier_ShownSignals_Answers(Signal[] signals) =>
        PureRun.Of(new SignalQualifier(Options)).CodeOf(signals);

    [Test]
    public void Qualifier_ShownManySignals_RemembersABoundedNumber()
    {
        var run = PureRun.Of(new SignalQualifier(Options));

        run.Show(Enumerable.Range(0, 100).Select(second => After(Sample.Sell, second)));

        run.Show(Enumerable.Range(0, 100).Select(hour => After(Sample.Buy, 3600 * hour)));

        Assert.That(run.KeyedOf(Sample.Sell)!.Recent, Has.Length.EqualTo(SignalQualifier.RecentMax));
        Assert.That(run.KeyedOf(Sample.Sell)!.Entered, Has.Length.EqualTo(SignalQualifier.RecentMax));
    }

    [Test]
    public void Qualifier_Refusing_SaysWhatWasFoundAndExpected()
    {
        var said = PureRun.Of(new SignalQualifier(Options)).Show(Sample.Buy with { Confidence = 0.25m });

        Assert.That(((Rejection)said[0]).Detail, Is.EqualTo("confidence 0.25, expected at least 0.5"));
    }

    private static Signal After(Signal signal, double seconds) => signal with { At = signal.At.AddSeconds(seconds) };

    private static TestCaseData Row(string reason, string expected, params Signal[] signals) =>
        new TestCaseData((object)signals).Returns(expected).SetArgDisplayNames(reason);
}

using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class FeasibilityTests
{
    private static readonly AccountOptions Account = new() { Label = "acc", Capital = 10_000m };

    private static readonly FeasibilityOptions Options = new()
    {
        QuantityMin = 1, QuantityMax = 60, NotionalMin = 100, NotionalMax = 5_000, PositionMax = 6_000,
        SpreadMax = 0.01m,
        DeviationMax = 0.1m, RateMax = 3, RateWindow = TimeSpan.FromSeconds(10),
    };

    private static readonly TestCaseData[] Rows =
    [
        Row("a good entry", "passed", Buy(1)),
        Row("the same intent again", RejectionCodes.DuplicateIntent, Buy(1), Buy(1)),
        Row("an intent left out before", "passed", Buy(7), Buy(6)),
        Row("an intent left out before, again", RejectionCodes.DuplicateIntent, Buy(7), Buy(6), Buy(6)),
        Row("a number as far ahead as can be", "passed", Buy(1), Buy(1001)),
        Row("a number too far ahead", "doubted", Buy(1), Buy(1002)),
        Row("the number behind one too far ahead", "passed", Buy(1), Buy(1002), Buy(2)),
        Row("an exit behind a number forged ahead", "passed", Buy(1), Buy(900), Sell(2)),
        Row("a notional off by a hair", RejectionCodes.NotionalMismatch, Buy(1) with { Notional = 1000.00000001m }),
        Row("a sale with a wrong notional", RejectionCodes.NotionalMismatch, Buy(1), Sell(2) with { Notional = 1 }),
        Row("less than the smallest quantity", RejectionCodes.QuantityTooSmall, Buy(1, 0.5m, 1000)),
        Row("more than the largest quantity", RejectionCodes.QuantityTooLarge, Buy(1, 61, 10)),
        Row("less than the smallest notional", RejectionCodes.NotionalTooSmall, Buy(1, 9, 11)),
        Row("more than the largest notional", RejectionCodes.NotionalTooLarge, Buy(1, 50.1m)),
        Row("crossed prices", RejectionCodes.PriceSanity, Buy(1) with { Bid = new Price(100.1m) }),
        Row("a sale at crossed prices", RejectionCodes.PriceSanity, Buy(1), Sell(2) with { Bid = new Price(100.1m) }),
        Row("a wide spread", RejectionCodes.PriceSanity, Buy(1) with { Bid = new Price(98.99m) }),
        Row("the widest spread", "passed", Buy(1) with { Bid = new Price(99) }),
        Row("a sale at a wide spread", "passed", Buy(1), Sell(2) with { Bid = new Price(50) }),
        Row(
            "bid and ask beside the price", RejectionCodes.PriceSanity,
            Buy(1) with { Bid = new Price(110.5m), Ask = new Price(110.5m) }),
        Row("a jump in price", RejectionCodes.PriceSanity, Buy(1), Buy(2, 10, 110.1m)),
        Row("the largest step in price", "passed", Buy(1), Buy(2, 10, 110)),
        Row("after a refused jump the new price counts", "passed", Buy(1), Buy(2, 10, 120), Buy(3, 10, 120)),
        Row("a sale after a fall", "passed", Buy(1), Sell(2, 10, 20)),
        Row("over the symbol's position", RejectionCodes.PositionLimit, Buy(1, 40), Buy(2, 21)),
        Row("up to the symbol's position", "passed", Buy(1, 40), Buy(2, 20)),
        Row("strategies share it", RejectionCodes.PositionLimit, Buy(1, 40), Buy(2, 21) with { Strategy = "other" }),
        Row("a sale makes room", "passed", Buy(1, 40), Sell(2, 21), Buy(3, 40)),
        Row(
            "cost is counted at the ask", RejectionCodes.PositionLimit,
            Buy(1, 40) with { Ask = new Price(100.5m) }, Buy(2, 20)),
        Row("over all symbols", RejectionCodes.ExposureLimit, Buy(1, 50), Of("B", Buy(2, 50)), Of("C", Buy(3, 1))),
        Row("up to the capital", "passed", Buy(1, 50), Of("B", Buy(2, 50))),
        Row("too many entries", RejectionCodes.RateLimit, Buy(1, 5), Buy(2, 5), Buy(3, 5), Later(9.999, Buy(4, 5))),
        Row("entries after the window", "passed", Buy(1, 5), Buy(2, 5), Buy(3, 5), Later(10, Buy(4, 5))),
        Row("an exit is never too many", "passed", Buy(1, 5), Buy(2, 5), Buy(3, 5), Sell(4, 5)),
        Row("exits are not counted", "passed", Buy(1, 5), Buy(2, 5), Sell(3, 5), Buy(4, 5)),
        Row(
            "time is the intent's own, whatever came between", RejectionCodes.RateLimit,
            Buy(1, 5), Later(20, Sell(2, 5)), Later(5, Buy(3, 5)), Later(6, Buy(4, 5)), Later(7, Buy(5, 5))),
        Row(
            "entries stamped in the future hold up nothing", "passed",
            Later(1e8, Buy(1, 5)), Later(1e8, Buy(2, 5)), Later(1e8, Buy(3, 5)), Buy(4, 5)),
        Row(
            "but what is near them", RejectionCodes.RateLimit,
            Later(9, Buy(1, 5)), Later(9, Buy(2, 5)), Later(9, Buy(3, 5)), Buy(4, 5)),
        Row("a refused entry is not counted", "passed", Buy(1, 5), Buy(2, 5), Buy(3, 0.1m), Buy(4, 5)),
        Row("nothing to sell", RejectionCodes.NoPosition, Sell(1)),
        Row("another strategy's units", RejectionCodes.NoPosition, Buy(1), Sell(2) with { Strategy = "other" }),
        Row("sold already", RejectionCodes.NoPosition, Buy(1), Sell(2), Sell(3)),
        Row("more than approved", RejectionCodes.InsufficientPosition, Buy(1), Sell(2, 10.1m)),
        Row("part of it", "passed", Buy(1), Sell(2, 4), Sell(3, 6)),
        Row("a refused entry gives nothing to sell", RejectionCodes.NoPosition, Buy(1, 61, 10), Sell(2, 61, 10)),
    ];

    [TestCaseSource(nameof(Rows))]
    public string Feasibility_ShownIntents_Answers(Intent[] intents) => Run().CodeOf(intents);

    [Test]
    public void Feasibility_Approving_CountsOrdersOfTheAccount()
    {
        var run = Run();

        run.Show(Buy(1), Buy(2, 60.1m));
        var order = (Order)run.Show(Buy(3))[0];

        Assert.That(order, Is.EqualTo(new Order("acc-2", Buy(3))));
    }

    [Test]
    public void Feasibility_AfterPartSales_LeavesNoCostBehind()
    {
        var run = Run();

        run.Show(Buy(1, 3, 34.33333333m), Sell(2, 1, 50), Sell(3, 1, 50));
        var left = run.KeyedOf(Buy(1))!.Cost;
        run.Show(Sell(4, 1, 50));

        Assert.That(left, Is.EqualTo(34.33333333m).Within(0.00000002m));
        Assert.That(run.KeyedOf(Buy(1))!.Holdings, Is.Empty);
    }

    [Test]
    public void Feasibility_Refusing_SaysWhatWasFoundAndExpected()
    {
        var said = Run().Show(Buy(1, 40), Buy(2, 21));

        Assert.That(((Rejection)said[0]).Detail, Is.EqualTo("position 6100, expected at most 6000"));
    }

    private static PureRun<Intent, FeasibilityState, SymbolPosition> Run() =>
        PureRun.Of(new Feasibility(Options, Account));

    private static Intent Buy(int number, decimal quantity = 10, decimal price = 100) =>
        Sample.Intent(number, Side.Buy, quantity, price);

    private static Intent Sell(int number, decimal quantity = 10, decimal price = 100) =>
        Sample.Intent(number, Side.Sell, quantity, price);

    private static Intent Of(string symbol, Intent intent) => intent with { Symbol = symbol };

    private static Intent Later(double seconds, Intent intent) => intent with { At = intent.At.AddSeconds(seconds) };

    private static TestCaseData Row(string reason, string expected, params Intent[] intents) =>
        new TestCaseData((object)intents).Returns(expected).SetArgDisplayNames(reason);
}

using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class PaperExchangeTests
{
    [TestCase(Side.Buy, "100.12", TestName = "a buy pays the ask and a basis point, rounded up")]
    [TestCase(Side.Sell, "99.99", TestName = "a sell gets the bid less a basis point, rounded down")]
    public void Exchange_WithFixedSlippage_FillsAgainstTheTrader(Side side, string price)
    {
        var fill = FillOf(new ExecutionOptions { PriceStep = 0.01m }, OrderAt(side, 100m, 100.1m));

        Assert.That(fill.Price.ToString(), Is.EqualTo(price));
    }

    [TestCase(50, "110.01", TestName = "all of the volume: the whole impact")]
    [TestCase(25, "102.51", TestName = "half of it: a quarter of the impact")]
    [TestCase(80, "110.01", TestName = "more than the volume: no more than the whole impact")]
    public void Exchange_WithVolumeShare_MovesThePrice(decimal quantity, string price)
    {
        var options = new ExecutionOptions
        {
            Slippage = SlippageModel.VolumeShare, ImpactMax = 0.1m, PriceStep = 0.01m,
        };

        var fill = FillOf(options, Sample.Order(1, Side.Buy, quantity));

        Assert.That(fill.Price.ToString(), Is.EqualTo(price));
    }

    [TestCase(10, 0, "1", TestName = "basis points of the notional")]
    [TestCase(10, 1.5, "1.5", TestName = "not less than the minimum")]
    [TestCase(0, 0, "0", TestName = "free")]
    [TestCase(0.00001, 0, "0.000001", TestName = "a small one")]
    [TestCase(0.00000001, 0, "0.00000001", TestName = "rounded up")]
    public void Exchange_Filling_TakesItsFee(decimal bps, decimal minimum, string fee)
    {
        var options = new ExecutionOptions { SlippageBps = 0, FeeBps = bps, FeeMinimum = minimum, FeeAsset = "USDT" };

        var fill = FillOf(options, Sample.Order(1, Side.Buy));

        Assert.That(new Price(fill.Fee).ToString(), Is.EqualTo(fee));
        Assert.That(fill.FeeAsset, Is.EqualTo("USDT"));
    }

    [Test]
    public void Exchange_ShownAnOrderAgain_Refuses()
    {
        var run = PureRun.Of(new PaperExchange(new ExecutionOptions()));

        Assert.That(
            run.CodeOf(Sample.Order(2, Side.Buy), Sample.Order(2, Side.Buy)),
            Is.EqualTo(RejectionCodes.DuplicateOrder));
        Assert.That(run.CodeOf(Sample.Order(1, Side.Sell)), Is.EqualTo("passed"), "one that was left out");
        Assert.That(run.CodeOf(Sample.Order(1, Side.Sell)), Is.EqualTo(RejectionCodes.DuplicateOrder));
        Assert.That(((Fill)run.Show(Sample.Order(3, Side.Sell))[0]).ExecutionId, Is.EqualTo("paper-3-1"));
    }

    [Test]
    public void Exchange_WhenRoundingTakesAllOfThePrice_Refuses()
    {
        var run = PureRun.Of(new PaperExchange(new ExecutionOptions { PriceStep = 1m }));

        Assert.That(run.CodeOf(Sample.Order(1, Side.Sell, 10, 0.5m)), Is.EqualTo(RejectionCodes.PriceTooSmall));
    }

    private static Fill FillOf(ExecutionOptions options, Order order) =>
        (Fill)PureRun.Of(new PaperExchange(options)).Show(order)[0];

    private static Order OrderAt(Side side, decimal bid, decimal ask)
    {
        var order = Sample.Order(1, side);
        return order with { Intent = order.Intent with { Bid = new Price(bid), Ask = new Price(ask) } };
    }
}

namespace TradeOs.Stages;

/// <summary>Fills approved orders at once from the prices they carry, no better than a trader would get them.</summary>
/// <remarks>
/// A buy pays the ask and slippage on top, a sell gets the bid less slippage, rounded to the price step against the
/// trader. The fee is rounded up to 8 places. Order numbers rise, so an order at or below the last one was executed
/// before.
/// </remarks>
internal sealed class PaperExchange(ExecutionOptions options) : IPureStage<Order, ExecutionState, NoState>
{
    private const decimal BasisPoint = 0.0001m;
    private const decimal SmallestFee = 0.00000001m;

    public StateKey KeyOf(Order input) => new(input.Intent.Symbol);

    public Decision<ExecutionState, NoState> Decide(ExecutionState? shared, NoState? keyed, Order input)
    {
        var intent = input.Intent;
        var number = SequenceNumber.Of(input.OrderId);
        if (number <= shared?.LastOrder)
            return Refuse(shared, intent, RejectionCodes.DuplicateOrder, $"{input.OrderId} was executed before");
        var state = new ExecutionState(number);
        var price = PriceOf(intent);
        if (price <= 0)
            return Refuse(state, intent, RejectionCodes.PriceTooSmall, FormattableString.Invariant(
                $"{input.OrderId} sells at {price} after slippage, expected at least {options.PriceStep}"));
        var fill = new Fill(
            input.At, input.OrderId, input.OrderId + "-1", intent.Symbol, intent.Strategy, intent.Side, intent.Quantity,
            new Price(price), FeeOf(price * intent.Quantity.Value), options.FeeAsset);
        return new(state, null, [fill]);
    }

    private decimal PriceOf(Intent intent)
    {
        var slippage = SlippageOf(intent);
        return intent.Side == Side.Buy
            ? Money.RoundUpTo(intent.Ask.Value * (1 + slippage), options.PriceStep)
            : Money.RoundDownTo(Math.Max(0, intent.Bid.Value * (1 - slippage)), options.PriceStep);
    }

    /// <summary>Share of the price. An unknown volume counts as one the order takes all of.</summary>
    private decimal SlippageOf(Intent intent)
    {
        var always = options.SlippageBps * BasisPoint;
        if (options.Slippage == SlippageModel.FixedBps) return always;
        var isAll = intent.Quantity >= intent.Volume;
        var share = isAll ? 1 : intent.Quantity.Value / intent.Volume.Value;
        return always + (options.ImpactMax * share * share);
    }

    private decimal FeeOf(decimal notional) =>
        Math.Max(options.FeeMinimum, Money.RoundUpTo(notional * (options.FeeBps * BasisPoint), SmallestFee));

    private static Decision<ExecutionState, NoState> Refuse(
        ExecutionState? state, Intent intent, string code, string detail) =>
        new(state, null, [new Rejection(intent.At, code, detail, intent.Symbol)]);
}

/// <summary>What the paper exchange keeps.</summary>
/// <param name="LastOrder">Number of the last order executed.</param>
internal sealed record ExecutionState(long LastOrder);

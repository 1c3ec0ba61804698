namespace TradeOs.Stages;

/// <summary>Fills approved orders at once from the prices they carry, no better than a trader would get them.</summary>
/// <remarks>
/// A buy pays the ask and slippage on top, a sell gets the bid less slippage, rounded to the price step against the
/// trader. The fee is rounded up to 8 places. Each order number is executed once. Under a halt what was approved before
/// is refused, under reduce-only the buys of it. Feasibility counts such a buy as filled, so its exit will be approved:
/// the units are remembered, and the exit is refused that far, lest it sell what was never bought.
/// </remarks>
internal sealed class PaperExchange(ExecutionOptions options) : IPureStage<Order, ExecutionState, Unbought>
{
    private const decimal BasisPoint = 0.0001m;
    private const decimal SmallestFee = 0.00000001m;

    public StateKey KeyOf(Order input) => new(input.Intent.Symbol, input.Intent.Strategy);

    public Decision<ExecutionState, Unbought> Decide(ExecutionState? shared, Unbought? keyed, Order input) =>
        Decide(shared, keyed, input, TradingMode.Normal);

    public Decision<ExecutionState, Unbought> Decide(
        ExecutionState? shared, Unbought? keyed, Order input, TradingMode mode)
    {
        var intent = input.Intent;
        var (numbers, kind) = (shared?.Orders ?? SeenNumbers.None).See(SequenceNumber.Of(input.OrderId));
        if (kind == NumberKind.FarAhead)
            return new(shared, keyed, [], numbers.DoubtOf("order_id", input.OrderId));
        if (kind == NumberKind.Seen)
            return Refuse(
                shared, keyed, intent, new(RejectionCodes.DuplicateOrder, $"{input.OrderId} was executed before"));
        var state = new ExecutionState(numbers);
        if (ControlLimits.Check(mode, intent) is { } forbidden)
            return Refuse(state, intent.Side == Side.Buy ? Unbought.Add(keyed, intent) : keyed, intent, forbidden);
        if (intent.Side == Side.Sell && keyed is not null) return SellBought(state, keyed, input);
        return new(state, keyed, [Execute(input, intent.Quantity)]);
    }

    /// <summary>Sells what of the order was bought, and refuses the rest.</summary>
    private Decision<ExecutionState, Unbought> SellBought(ExecutionState state, Unbought unbought, Order order)
    {
        var intent = order.Intent;
        var missing = Math.Min(unbought.Quantity, intent.Quantity.Value);
        var left = missing < unbought.Quantity ? new Unbought(unbought.Quantity - missing) : null;
        var refusal = new Rejection(order.At, RejectionCodes.NotBought, FormattableString.Invariant(
            $"{order.OrderId} sells {intent.Quantity}, of which {missing} were approved and never bought"),
            intent.Symbol);
        var bought = intent.Quantity.Value - missing;
        return new(state, left, bought > 0 ? [Execute(order, new Quantity(bought)), refusal] : [refusal]);
    }

    private Message Execute(Order order, Quantity quantity)
    {
        var intent = order.Intent;
        var price = PriceOf(intent);
        if (price <= 0)
            return new Rejection(order.At, RejectionCodes.PriceTooSmall, FormattableString.Invariant(
                $"{order.OrderId} sells at {price} after slippage, expected at least {options.PriceStep}"),
                intent.Symbol);
        return new Fill(
            order.At, order.OrderId, order.OrderId + "-1", intent.Symbol, intent.Strategy, intent.Side, quantity,
            new Price(price), FeeOf(price * quantity.Value), options.FeeAsset);
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

    private static Decision<ExecutionState, Unbought> Refuse(
        ExecutionState? state, Unbought? unbought, Intent intent, Refusal reason) =>
        new(state, unbought, [new Rejection(intent.At, reason.Code, reason.Detail, intent.Symbol)]);
}

/// <summary>What the paper exchange keeps for all symbols.</summary>
/// <param name="Orders">Which orders were executed or refused.</param>
internal sealed record ExecutionState(SeenNumbers Orders);

/// <summary>What a strategy believes to hold of a symbol and does not: buys that were approved, and refused
/// here.</summary>
/// <param name="Quantity">Units, above 0.</param>
internal sealed record Unbought(decimal Quantity)
{
    public static Unbought Add(Unbought? before, Intent intent) =>
        new((before?.Quantity ?? 0) + intent.Quantity.Value);
}

using System.Globalization;

namespace TradeOs.Stages;

/// <summary>The last word before money: approves an intent only when every limit holds, and counts what it approved
/// as filled.</summary>
/// <remarks>
/// It reads nothing but the intent. Costs are worst case: units at the higher of price and ask. Exits shrink what is
/// at stake, so they are held to the facts only (a repeat, a wrong notional, crossed prices, more than was approved),
/// and not to limits: a rate limit or a jump in price must never lock a position in. A halt is an operator's word and
/// refuses exits, too; reduce-only lets them through.
/// </remarks>
internal sealed class Feasibility(FeasibilityOptions options, AccountOptions account)
    : IPureStage<Intent, FeasibilityState, SymbolPosition>
{
    private readonly EntryLimits _limits = new(options, account);

    public StateKey KeyOf(Intent input) => new(input.Symbol);

    public Decision<FeasibilityState, SymbolPosition> Decide(
        FeasibilityState? shared, SymbolPosition? keyed, Intent input) =>
        Decide(shared, keyed, input, TradingMode.Normal);

    public Decision<FeasibilityState, SymbolPosition> Decide(
        FeasibilityState? shared, SymbolPosition? keyed, Intent input, TradingMode mode)
    {
        var state = shared ?? FeasibilityState.Empty;
        var position = keyed ?? SymbolPosition.Empty;
        var (numbers, kind) = state.Intents.See(SequenceNumber.Of(input.IntentId));
        if (kind == NumberKind.FarAhead)
            return new(shared, keyed, [], numbers.DoubtOf("intent_id", input.IntentId));
        if (kind == NumberKind.Seen)
            return Refuse(
                state, position, input, new(RejectionCodes.DuplicateIntent, $"{input.IntentId} was decided before"));
        state = state with { Intents = numbers };
        var seen = position with { LastPrice = input.Price };
        var refusal = ControlLimits.Check(mode, input)
            ?? Facts(input)
            ?? (input.Side == Side.Buy ? _limits.Check(state, position, input) : Holding(position, input));
        return refusal is { } reason ? Refuse(state, seen, input, reason) : Approve(state, seen, input);
    }

    private static Refusal? Facts(Intent input)
    {
        var expected = Money.Notional(input.Price, input.Quantity);
        if (input.Notional != expected)
            return new(RejectionCodes.NotionalMismatch, FormattableString.Invariant(
                $"notional {input.Notional}, expected {expected} = {input.Quantity} x {input.Price}"));
        if (input.Bid > input.Ask)
            return new(RejectionCodes.PriceSanity, $"bid {input.Bid} is above ask {input.Ask}");
        return null;
    }

    private static Refusal? Holding(SymbolPosition position, Intent input)
    {
        if (position.Of(input.Strategy) is not { } holding)
            return new(RejectionCodes.NoPosition, $"{input.Strategy} has nothing approved to sell");
        if (input.Quantity > holding.Quantity)
            return new(RejectionCodes.InsufficientPosition, $"sells {input.Quantity}, approved are {holding.Quantity}");
        return null;
    }

    private Decision<FeasibilityState, SymbolPosition> Approve(
        FeasibilityState state, SymbolPosition position, Intent input)
    {
        var after = input.Side == Side.Buy ? position.Buy(input) : position.Sell(input);
        var orders = state.Orders + 1;
        var approved = state with { Orders = orders, Exposure = state.Exposure + after.Cost - position.Cost };
        if (input.Side == Side.Buy) approved = approved.CountEntry(input.At, options.RateMax);
        var orderId = account.Label + "-" + orders.ToString(CultureInfo.InvariantCulture);
        return new(approved, after, [new Order(orderId, input)]);
    }

    private static Decision<FeasibilityState, SymbolPosition> Refuse(
        FeasibilityState state, SymbolPosition position, Intent input, Refusal reason) =>
        new(state, position, [new Rejection(input.At, reason.Code, reason.Detail, input.Symbol)]);
}

/// <summary>Why not.</summary>
internal readonly record struct Refusal(string Code, string Detail);

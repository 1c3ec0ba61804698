using System.Globalization;

namespace TradeOs.Stages;

/// <summary>Decides how much: an entry takes a share of the capital, an exit closes exactly what was planned.</summary>
/// <remarks>
/// Notional of an entry = capital x risk fraction x weight (x confidence when asked to), over the ask, rounded down
/// to the quantity step. One plan is open per symbol and strategy at a time. The planner never hears what became of
/// its intents: a plan that was refused later is closed by its exit like any other, and that exit is refused there
/// too.
/// </remarks>
internal sealed class IntentPlanner(PlannerOptions options, AccountOptions account)
    : IPureStage<ModifiedSignal, PlannerState, OpenPlan>
{
    public StateKey KeyOf(ModifiedSignal input) => new(input.Signal.Symbol, input.Signal.Strategy);

    public Decision<PlannerState, OpenPlan> Decide(PlannerState? shared, OpenPlan? keyed, ModifiedSignal input) =>
        input.Signal.Side == Side.Buy ? Open(shared, keyed, input) : Close(shared, keyed, input.Signal);

    private Decision<PlannerState, OpenPlan> Open(PlannerState? shared, OpenPlan? plan, ModifiedSignal input)
    {
        var signal = input.Signal;
        if (plan is not null)
            return Refuse(shared, plan, signal, RejectionCodes.AlreadyOpen, $"a plan of {plan.Quantity} is open");
        var notional = account.Capital * options.RiskFraction * Math.Min(input.Weight, Canonical.WeightMax);
        if (options.ScaleByConfidence) notional *= signal.Confidence;
        var units = Money.RoundDownTo(notional / signal.Ask.Value, options.QuantityStep);
        if (units <= 0)
            return Refuse(shared, null, signal, RejectionCodes.QuantityTooSmall, FormattableString.Invariant(
                $"{notional} buys less than {options.QuantityStep} at {signal.Ask}"));
        if (units > Canonical.MagnitudeMax)
            return Refuse(shared, null, signal, RejectionCodes.QuantityTooLarge, FormattableString.Invariant(
                $"{units} at {signal.Price} is beyond any order"));
        var quantity = new Quantity(units);
        return Intend(shared, new OpenPlan(quantity), signal, quantity);
    }

    private static Decision<PlannerState, OpenPlan> Close(PlannerState? shared, OpenPlan? plan, Signal signal)
    {
        if (plan is null)
            return Refuse(shared, null, signal, RejectionCodes.NothingToClose, $"{signal.Strategy} has no open plan");
        return Intend(shared, null, signal, plan.Quantity);
    }

    private static Decision<PlannerState, OpenPlan> Intend(
        PlannerState? shared, OpenPlan? plan, Signal signal, Quantity quantity)
    {
        var number = (shared?.Intents ?? 0) + 1;
        var intent = new Intent(
            signal.At, "I-" + number.ToString(CultureInfo.InvariantCulture), signal.Symbol, signal.Strategy,
            signal.Side, quantity, signal.Price, signal.Bid, signal.Ask, signal.Volume,
            Money.Notional(signal.Price, quantity));
        return new(new PlannerState(number), plan, [intent]);
    }

    private static Decision<PlannerState, OpenPlan> Refuse(
        PlannerState? shared, OpenPlan? plan, Signal signal, string code, string detail) =>
        new(shared, plan, [new Rejection(signal.At, code, detail, signal.Symbol)]);
}

/// <summary>What the planner keeps for all symbols.</summary>
/// <param name="Intents">Intents so far; the next one is numbered one higher.</param>
internal sealed record PlannerState(long Intents);

/// <summary>What one strategy means to hold of one symbol.</summary>
internal sealed record OpenPlan(Quantity Quantity);

using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>The eight stages, made from their options.</summary>
public static class Pipeline
{
    /// <summary>New stages in the order facts flow, each with its reader of <see cref="Topology.Stages"/>.</summary>
    /// <param name="options">Settings that passed <see cref="StageOptions.Validate"/>; not changed any more.</param>
    /// <exception cref="ArgumentException">A setting is wrong; the message names each.</exception>
    public static ImmutableArray<IStage> CreateStages(StageOptions options)
    {
        if (options.Validate() is { IsEmpty: false } failures)
            throw new ArgumentException(string.Join("\n", failures), nameof(options));
        var json = StateJson.Default;
        var account = options.Account;
        return
        [
            Stage(
                "signal-engine", new SignalEngine(options.Strategies, options.Market), MarketEvent.Read,
                json.SymbolStrategies, json.TickState),
            Stage(
                "signal-qualifier", new SignalQualifier(options.Qualifier), Signal.Read, json.NoState,
                json.QualifierState),
            Stage(
                "signal-modifier", new SignalModifier(options.Modifier), Signal.Read, json.NoState,
                json.ModifierState),
            Stage(
                "intent-planner", new IntentPlanner(options.Planner, account), ModifiedSignal.Read, json.PlannerState,
                json.OpenPlan),
            Stage(
                "feasibility", new Feasibility(options.Feasibility, account), Intent.Read, json.FeasibilityState,
                json.SymbolPosition),
            Stage("execution", new PaperExchange(options.Execution), Order.Read, json.ExecutionState, json.Unbought),
            Stage("outcome-tracker", new OutcomeTracker(), Fill.Read, json.NoState, json.Book),
            Stage(
                "metrics-publisher", new MetricsPublisher(account), Outcome.Read, json.MetricsState, json.OpenPosition),
        ];
    }

    private static PureStageAdapter<TInput, TShared, TKeyed> Stage<TInput, TShared, TKeyed>(
        string name,
        IPureStage<TInput, TShared, TKeyed> stage,
        Decoder<TInput> decode,
        JsonTypeInfo<TShared> sharedType,
        JsonTypeInfo<TKeyed> keyedType)
        where TInput : class
        where TShared : class
        where TKeyed : class =>
        new(Topology.Reader(name), stage, decode, sharedType, keyedType);
}

namespace TradeOs.Stages;

/// <summary>Weights entries so that a symbol that moves more is taken less of: target volatility over volatility,
/// within bounds.</summary>
/// <remarks>
/// Volatility is the average true range over the price, 8 places, and believed only above 0 and up to 1. A signal
/// without a range is weighted by the last one seen of its symbol. While none is known, or none to believe, entries
/// are refused; exits always pass, with weight 1.
/// </remarks>
internal sealed class SignalModifier(ModifierOptions options) : IPureStage<Signal, NoState, ModifierState>
{
    private const int VolatilityPlaces = 8;
    private const int WeightPlaces = 4;

    public StateKey KeyOf(Signal input) => new(input.Symbol);

    public Decision<NoState, ModifierState> Decide(NoState? shared, ModifierState? keyed, Signal input)
    {
        var state = input.AverageTrueRange is { } range && range != keyed?.AverageTrueRange
            ? new ModifierState(range)
            : keyed;
        var volatility = VolatilityOf(state, input);
        if (input.Side == Side.Sell) return new(null, state, [new ModifiedSignal(input, 1, volatility ?? 0)]);
        if (volatility is not { } known)
        {
            var detail = state is null ? "no average true range seen of this symbol" : FormattableString.Invariant(
                $"range {state.AverageTrueRange} at price {input.Price}, expected above 0 and at most the price");
            return new(null, state, [new Rejection(input.At, RejectionCodes.VolatilityUnknown, detail, input.Symbol)]);
        }

        var weight = Math.Clamp(options.TargetVolatility / known, options.WeightMin, options.WeightMax);
        return new(null, state, [new ModifiedSignal(input, Math.Round(weight, WeightPlaces), known)]);
    }

    private static decimal? VolatilityOf(ModifierState? state, Signal input)
    {
        if (state is null) return null;
        var volatility = Math.Round(state.AverageTrueRange / input.Price.Value, VolatilityPlaces);
        return volatility is > 0 and <= 1 ? volatility : null;
    }
}

/// <summary>What the modifier keeps of one symbol.</summary>
/// <param name="AverageTrueRange">Last one seen, quote currency.</param>
internal sealed record ModifierState(decimal AverageTrueRange);

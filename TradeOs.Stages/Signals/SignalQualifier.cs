using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>Lets through what is worth acting on. Entries must be confident and not too frequent; exits always pass,
/// unless repeated.</summary>
/// <remarks>
/// Time is the largest event time seen for the symbol and strategy. A repeat is the same side at the same time as one
/// of the last <see cref="RecentMax"/> signals of that symbol and strategy; an older one is not recognized.
/// </remarks>
internal sealed class SignalQualifier(QualifierOptions options) : IPureStage<Signal, NoState, QualifierState>
{
    internal const int RecentMax = 8;

    public StateKey KeyOf(Signal input) => new(input.Symbol, input.Strategy);

    public Decision<NoState, QualifierState> Decide(NoState? shared, QualifierState? keyed, Signal input)
    {
        var state = keyed ?? QualifierState.Empty;
        var said = new Utterance(input.At, input.Side);
        if (state.Recent.Contains(said))
        {
            var side = input.Side == Side.Buy ? "buy" : "sell";
            return Refuse(
                state, input, RejectionCodes.Duplicate, $"{input.Strategy} said {side} for this moment before");
        }

        var now = state.SeenAt > input.At ? state.SeenAt : input.At;
        state = state with { SeenAt = now, Recent = Last(state.Recent, said) };
        if (input.Side == Side.Sell) return new(null, state, [input]);
        if (input.Confidence < options.ConfidenceMin)
            return Refuse(state, input, RejectionCodes.ConfidenceTooLow, FormattableString.Invariant(
                $"confidence {input.Confidence}, expected at least {options.ConfidenceMin}"));
        if (state.EnteredAt is { } entered && now - entered < options.Cooldown)
            return Refuse(state, input, RejectionCodes.Cooldown, FormattableString.Invariant(
                $"entered {now - entered} ago, expected at least {options.Cooldown}"));
        return new(null, state with { EnteredAt = now }, [input]);
    }

    private static ImmutableArray<Utterance> Last(ImmutableArray<Utterance> recent, Utterance said) =>
        [.. recent.AsSpan()[Math.Max(0, recent.Length + 1 - RecentMax)..], said];

    private static Decision<NoState, QualifierState> Refuse(
        QualifierState state, Signal input, string code, string detail) =>
        new(null, state, [new Rejection(input.At, code, detail, input.Symbol)]);
}

/// <summary>What the qualifier keeps of one symbol and strategy.</summary>
/// <param name="SeenAt">Largest event time seen.</param>
/// <param name="EnteredAt">When an entry passed last; null when none did.</param>
/// <param name="Recent">Last signals, oldest first, to know a repeat by.</param>
internal sealed record QualifierState(DateTime SeenAt, DateTime? EnteredAt, ImmutableArray<Utterance> Recent)
{
    public static QualifierState Empty { get; } = new(DateTime.MinValue, null, []);
}

/// <summary>What was said when.</summary>
internal sealed record Utterance(DateTime At, Side Side);

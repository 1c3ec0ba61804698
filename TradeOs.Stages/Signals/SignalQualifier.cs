using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>Lets through what is worth acting on. Entries must be confident and not too frequent; exits always pass,
/// unless repeated.</summary>
/// <remarks>
/// Cooldown is counted around the signal's own time, to entries before and after it: a signal that another program
/// stamped wrong holds up only those near the time it claims. A repeat is the same side at the same time as one of the
/// last <see cref="RecentMax"/> signals of that symbol and strategy; an older one is not recognized.
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

        state = state with { Recent = Last(state.Recent, said) };
        if (input.Side == Side.Sell) return new(null, state, [input]);
        if (input.Confidence < options.ConfidenceMin)
            return Refuse(state, input, RejectionCodes.ConfidenceTooLow, FormattableString.Invariant(
                $"confidence {input.Confidence}, expected at least {options.ConfidenceMin}"));
        if (EnteredNear(state, input.At) is { } entered)
            return Refuse(state, input, RejectionCodes.Cooldown, FormattableString.Invariant(
                $"entered {(input.At - entered).Duration()} {(entered > input.At ? "later" : "ago")}, ") +
                FormattableString.Invariant($"expected at least {options.Cooldown}"));
        return new(null, state with { Entered = Last(state.Entered, input.At) }, [input]);
    }

    private DateTime? EnteredNear(QualifierState state, DateTime at)
    {
        foreach (var entered in state.Entered)
            if ((at - entered).Duration() < options.Cooldown) return entered;
        return null;
    }

    private static ImmutableArray<T> Last<T>(ImmutableArray<T> recent, T next) =>
        [.. recent.AsSpan()[Math.Max(0, recent.Length + 1 - RecentMax)..], next];

    private static Decision<NoState, QualifierState> Refuse(
        QualifierState state, Signal input, string code, string detail) =>
        new(null, state, [new Rejection(input.At, code, detail, input.Symbol)]);
}

/// <summary>What the qualifier keeps of one symbol and strategy.</summary>
/// <param name="Entered">When the last entries that passed were, oldest first by arrival.</param>
/// <param name="Recent">Last signals, oldest first, to know a repeat by.</param>
internal sealed record QualifierState(ImmutableArray<DateTime> Entered, ImmutableArray<Utterance> Recent)
{
    public static QualifierState Empty { get; } = new([], []);
}

/// <summary>What was said when.</summary>
internal sealed record Utterance(DateTime At, Side Side);

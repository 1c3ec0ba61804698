using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>A stage as a function: states and one message in, new states and messages out. It remembers nothing
/// itself.</summary>
/// <typeparam name="TInput">Message of the stream it reads.</typeparam>
/// <typeparam name="TShared">State that several keys share; a stage without one uses <see cref="NoState"/>.</typeparam>
/// <typeparam name="TKeyed">State of the message's own key; a stage without one uses <see cref="NoState"/>.</typeparam>
internal interface IPureStage<TInput, TShared, TKeyed>
    where TInput : class
    where TShared : class
    where TKeyed : class
{
    /// <summary>Where the shared state is kept; one place for all messages unless the stage says otherwise.</summary>
    StateKey SharedKeyOf(TInput input) => StateKey.Shared;

    /// <summary>Where the state that belongs to this message is kept.</summary>
    StateKey KeyOf(TInput input);

    /// <summary>What <paramref name="input"/> causes. A state is null while there is nothing to remember.</summary>
    Decision<TShared, TKeyed> Decide(TShared? shared, TKeyed? keyed, TInput input);

    /// <summary>The same under a mode; a stage that does not obey one decides as always.</summary>
    Decision<TShared, TKeyed> Decide(TShared? shared, TKeyed? keyed, TInput input, TradingMode mode) =>
        Decide(shared, keyed, input);
}

/// <summary>Answer of a pure stage. A state that is null is removed; the same reference means unchanged.</summary>
/// <param name="Shared">State that several keys share.</param>
/// <param name="Keyed">State of the message's own key.</param>
/// <param name="Messages">What it causes.</param>
/// <param name="Doubt">Why the entry is not believed: field, what was found, what was expected, the next move. It
/// becomes a dead letter, and there are no messages. Null for nearly all.</param>
internal readonly record struct Decision<TShared, TKeyed>(
    TShared? Shared, TKeyed? Keyed, ImmutableArray<Message> Messages, string? Doubt = null)
    where TShared : class
    where TKeyed : class;

/// <summary>Stands for the state a stage does not have; it is always null.</summary>
internal sealed record NoState;

using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>Keeps the states of a pure stage between messages, so that a test only shows messages.</summary>
internal sealed class PureRun<TInput, TShared, TKeyed>(IPureStage<TInput, TShared, TKeyed> stage)
    where TInput : class
    where TShared : class
    where TKeyed : class
{
    private readonly Dictionary<StateKey, TShared?> _shared = [];
    private readonly Dictionary<StateKey, TKeyed?> _keyed = [];

    /// <summary>Why the last message shown is not believed; null when it is.</summary>
    public string? Doubt { get; private set; }

    /// <summary>The mode messages are shown under.</summary>
    public TradingMode Mode { get; set; }

    public TKeyed? KeyedOf(TInput input) => _keyed.GetValueOrDefault(stage.KeyOf(input));

    public TShared? SharedOf(TInput input) => _shared.GetValueOrDefault(stage.SharedKeyOf(input));

    /// <summary>Everything the last of these messages causes.</summary>
    public IReadOnlyList<Message> Show(params IEnumerable<TInput> inputs)
    {
        IReadOnlyList<Message> last = [];
        foreach (var input in inputs)
        {
            var (sharedKey, key) = (stage.SharedKeyOf(input), stage.KeyOf(input));
            var decision = stage.Decide(
                _shared.GetValueOrDefault(sharedKey), _keyed.GetValueOrDefault(key), input, Mode);
            (_shared[sharedKey], _keyed[key], last) = (decision.Shared, decision.Keyed, decision.Messages);
            Doubt = decision.Doubt;
        }

        return last;
    }

    /// <summary>Code of the refusal the last of these messages causes; <c>passed</c> when it is none, <c>doubted</c>
    /// when it is not believed.</summary>
    public string CodeOf(params IEnumerable<TInput> inputs) =>
        Show(inputs) is [Rejection rejection] ? rejection.Code : Doubt is null ? "passed" : "doubted";
}

/// <summary>Makes the run of a stage without writing out its types.</summary>
internal static class PureRun
{
    public static PureRun<TInput, TShared, TKeyed> Of<TInput, TShared, TKeyed>(
        IPureStage<TInput, TShared, TKeyed> stage)
        where TInput : class
        where TShared : class
        where TKeyed : class => new(stage);
}

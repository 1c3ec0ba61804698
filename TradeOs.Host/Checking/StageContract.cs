using System.Collections.Immutable;
using TradeOs.Stages;
using static TradeOs.Stages.RejectionCodes;

namespace TradeOs.Host;

/// <summary>When a stage may process an input and write nothing.</summary>
internal enum Silence
{
    /// <summary>Never: each input has an output, a rejection or a dead letter.</summary>
    Never,

    /// <summary>At any input: most ticks make no signal.</summary>
    Always,

    /// <summary>At every buy, and at nothing else: a fill that opens a position closes none.</summary>
    AtBuys,
}

/// <summary>What a stage owes each of its inputs: the law the streams are held against, in one place.</summary>
/// <remarks>Stated here a second time on purpose: the checker shares no code with the stages' decisions.</remarks>
/// <param name="Stage">Its name.</param>
/// <param name="Silence">When it may write nothing.</param>
/// <param name="IsOneToOne">Whether it writes exactly one entry for an input that it is not silent at.</param>
/// <param name="Carried">Fields its output has from its input, unchanged.</param>
/// <param name="Codes">Codes it refuses with.</param>
internal sealed record StageContract(
    string Stage, Silence Silence, bool IsOneToOne, ImmutableArray<string> Carried, ImmutableArray<string> Codes)
{
    private static readonly ImmutableArray<string> SignalFields =
        ["at", "symbol", "strategy", "side", "price", "bid", "ask", "volume", "confidence", "reason", "atr"];

    private static readonly ImmutableArray<string> IntentFields =
        ["at", "intent_id", "symbol", "strategy", "side", "qty", "price", "bid", "ask", "volume", "notional"];

    /// <summary>The eight of them, in the order facts flow.</summary>
    public static ImmutableArray<StageContract> All { get; } =
    [
        new("signal-engine", Silence.Always, false, ["at", "symbol", "price"], [BarOutOfOrder]),
        new("signal-qualifier", Silence.Never, true, SignalFields, [ConfidenceTooLow, Cooldown, Duplicate]),
        new("signal-modifier", Silence.Never, true, SignalFields, [VolatilityUnknown]),
        new(
            "intent-planner", Silence.Never, true, ["at", "symbol", "strategy", "side", "price", "bid", "ask", "volume"],
            [NothingToClose, AlreadyOpen, QuantityTooSmall, QuantityTooLarge]),
        new(
            "feasibility", Silence.Never, true, IntentFields,
            [
                DuplicateIntent, NotionalMismatch, QuantityTooSmall, QuantityTooLarge, NotionalTooSmall,
                NotionalTooLarge, PositionLimit, ExposureLimit, PriceSanity, RateLimit, NoPosition,
                InsufficientPosition, TradingHalted,
            ]),
        new(
            "execution", Silence.Never, true, ["at", "order_id", "symbol", "strategy", "side", "qty"],
            [DuplicateOrder, PriceTooSmall, TradingHalted]),
        new("outcome-tracker", Silence.AtBuys, false, ["at", "symbol", "strategy"], [NothingHeld]),
        new("metrics-publisher", Silence.Never, true, ["at"], []),
    ];

    /// <summary>Code of everything refused while trading is halted.</summary>
    private const string TradingHalted = "TRADING_HALTED";

    /// <summary>The contract of a stage.</summary>
    public static StageContract Of(string stage) => All.Single(contract => contract.Stage == stage);

    /// <summary>The contract of the stage that writes a stream of the path; null for the first.</summary>
    public static StageContract? OfWriter(string stream) =>
        Topology.Stages.FirstOrDefault(stage => stage.Outputs[0] == stream) is { } stage ? Of(stage.Name) : null;
}

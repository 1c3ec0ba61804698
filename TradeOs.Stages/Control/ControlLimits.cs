namespace TradeOs.Stages;

/// <summary>What an operator's order leaves of trading; feasibility and execution hold every intent against
/// it.</summary>
internal static class ControlLimits
{
    /// <summary>Why the mode forbids an intent; null when it does not.</summary>
    public static Refusal? Check(TradingMode mode, Intent intent) => (mode, intent.Side) switch
    {
        (TradingMode.Halted, Side.Buy) => new(
            RejectionCodes.TradingHalted, $"{intent.IntentId} would buy {intent.Quantity}: trading is halted"),
        (TradingMode.Halted, _) => new(
            RejectionCodes.TradingHalted,
            $"{intent.IntentId} would sell {intent.Quantity}, which stay held: trading is halted"),
        (TradingMode.ReduceOnly, Side.Buy) => new(
            RejectionCodes.TradingReduceOnly, $"{intent.IntentId} would buy {intent.Quantity}: only sales are allowed"),
        _ => null,
    };
}

namespace TradeOs.Stages;

/// <summary>What trading is allowed to do.</summary>
public enum TradingMode
{
    /// <summary>Everything the limits allow.</summary>
    Normal,

    /// <summary>Only what shrinks exposure: sales of what is held.</summary>
    ReduceOnly,

    /// <summary>Nothing, exits included.</summary>
    Halted,
}

namespace TradeOs.Stages;

/// <summary>Direction of a trade, signal or order. On the wire: <c>buy</c>, <c>sell</c>.</summary>
public enum Side
{
    /// <summary>Takes units; of a market trade: the aggressor bought.</summary>
    Buy,

    /// <summary>Gives units; of a market trade: the aggressor sold.</summary>
    Sell,
}

namespace TradeOs.Stages;

/// <summary>What the engine keeps of a symbol between bars; it changes with every tick.</summary>
/// <param name="Time">Where market time is; null before the first entry.</param>
/// <param name="Source">What its bars are made of; null before the first trade or bar.</param>
/// <param name="Bar">Bar being made from trades; null before the first trade.</param>
/// <param name="Quote">Last quote; null where none are fed.</param>
/// <param name="BarAt">Time of the last finished bar that was fed; null before the first.</param>
internal sealed record TickState(
    MarketTime? Time, BarSource? Source, BarInProgress? Bar, BestQuote? Quote, DateTime? BarAt)
{
    public static TickState Empty { get; } = new(null, null, null, null, null);
}

/// <summary>What the bars of a symbol are made of.</summary>
internal enum BarSource
{
    /// <summary>Its trades.</summary>
    Trades,

    /// <summary>Bars somebody else finished.</summary>
    Bars,
}

/// <summary>A bar being made from trades.</summary>
/// <param name="Interval">Number of the interval it covers, counted from the year 1.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded.</param>
internal sealed record BarInProgress(long Interval, decimal High, decimal Low, decimal Close, decimal Volume)
{
    public static BarInProgress Start(long interval, Trade trade) =>
        new(interval, trade.Price.Value, trade.Price.Value, trade.Price.Value, trade.Quantity.Value);

    public BarInProgress Add(Trade trade)
    {
        var price = trade.Price.Value;
        return new(
            Interval, price > High ? price : High, price < Low ? price : Low, price,
            Math.Min(Volume + trade.Quantity.Value, Canonical.MagnitudeMax));
    }

    public FinishedBar Finish() => new((double)High, (double)Low, (double)Close);
}

/// <summary>Best bid and ask, and when they were so.</summary>
internal sealed record BestQuote(DateTime At, Price Bid, Price Ask);

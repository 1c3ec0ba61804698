namespace TradeOs.Stages;

/// <summary>The market when a bar closed: what strategies decide on and what their signals carry.</summary>
/// <param name="At">Event time of the entry that closed the bar.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Price">Price of that entry.</param>
/// <param name="Bid">Best bid, or the price.</param>
/// <param name="Ask">Best ask, or the price.</param>
/// <param name="Volume">Units traded in the bar.</param>
/// <param name="Bar">The bar.</param>
/// <param name="Range">Average true range, above 0; null while it is not known.</param>
internal readonly record struct Moment(
    DateTime At, string Symbol, Price Price, Price Bid, Price Ask, Quantity Volume, FinishedBar Bar, double? Range)
{
    private const int ConfidencePlaces = 4;

    public Signal Say(string strategy, Side side, double confidence, string reason) => new(
        At, Symbol, strategy, side, Price, Bid, Ask, Volume, Money.Rounded(confidence, ConfidencePlaces), reason,
        Range is { } range ? Money.Rounded(range, Money.PricePlaces) : null);
}

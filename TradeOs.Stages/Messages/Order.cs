using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>A sized wish to trade: an entry of <c>trade.intents</c>.</summary>
/// <param name="At">Event time.</param>
/// <param name="IntentId"><c>I-</c> and a number that rises with every intent.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Strategy">Whose position it opens or closes.</param>
/// <param name="Side">Buy opens, sell closes.</param>
/// <param name="Quantity">Units, above 0.</param>
/// <param name="Price">Last price at the decision.</param>
/// <param name="Bid">Best bid at the decision.</param>
/// <param name="Ask">Best ask at the decision.</param>
/// <param name="Volume">Units traded in the bar of the decision; 0 when unknown.</param>
/// <param name="Notional">Quantity times price, see <see cref="Money.Notional"/>.</param>
public sealed record Intent(
    DateTime At, string IntentId, string Symbol, string Strategy, Side Side, Quantity Quantity, Price Price, Price Bid,
    Price Ask, Quantity Volume, decimal Notional) : Message(At)
{
    internal static Intent Read(ref FieldReader reader)
    {
        var at = reader.Time("at"u8);
        reader.ReadOrigin();
        return ReadBody(ref reader, at);
    }

    internal static Intent ReadBody(ref FieldReader reader, DateTime at)
    {
        var id = reader.NumberedId("intent_id"u8);
        var symbol = reader.Text("symbol"u8, MarketEvent.NameLengthMax);
        var strategy = reader.Text("strategy"u8, MarketEvent.NameLengthMax);
        var side = reader.Side("side"u8);
        var quantity = new Quantity(reader.Positive("qty"u8));
        var price = reader.Price("price"u8);
        var bid = reader.Price("bid"u8);
        var ask = reader.Price("ask"u8);
        var volume = new Quantity(reader.NotNegative("volume"u8));
        var notional = reader.Amount("notional"u8);
        return new Intent(at, id, symbol, strategy, side, quantity, price, bid, ask, volume, notional);
    }

    internal override void WriteBody(FieldWriter writer) => writer
        .Add("intent_id"u8, IntentId).Add("symbol"u8, Symbol).Add("strategy"u8, Strategy).Add("side"u8, Side)
        .Add("qty"u8, Quantity).Add("price"u8, Price).Add("bid"u8, Bid).Add("ask"u8, Ask).Add("volume"u8, Volume)
        .Add("notional"u8, Notional);
}

/// <summary>An intent that passed every limit: an entry of <c>trade.approved</c>.</summary>
/// <param name="OrderId">Account label, a dash and a number that rises with every order: never repeats.</param>
/// <param name="Intent">What was approved.</param>
public sealed record Order(string OrderId, Intent Intent) : Message(Intent.At)
{
    internal static Order Read(ref FieldReader reader)
    {
        var at = reader.Time("at"u8);
        reader.ReadOrigin();
        var id = reader.NumberedId("order_id"u8);
        return new Order(id, Intent.ReadBody(ref reader, at));
    }

    internal override void WriteBody(FieldWriter writer) => Intent.WriteBody(writer.Add("order_id"u8, OrderId));
}

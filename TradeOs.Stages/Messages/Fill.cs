using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>An execution: an entry of <c>fills</c>.</summary>
/// <param name="At">Event time.</param>
/// <param name="OrderId">Order it belongs to.</param>
/// <param name="ExecutionId">The venue's id of the execution; of paper orders <c>&lt;order_id&gt;-1</c>.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Strategy">Whose position it changes.</param>
/// <param name="Side">Buy or sell.</param>
/// <param name="Quantity">Units, above 0.</param>
/// <param name="Price">Price paid or got.</param>
/// <param name="Fee">0 or more.</param>
/// <param name="FeeAsset">What the fee was paid in.</param>
public sealed record Fill(
    DateTime At, string OrderId, string ExecutionId, string Symbol, string Strategy, Side Side, Quantity Quantity,
    Price Price, decimal Fee, string FeeAsset) : Message(At)
{
    internal static Fill Read(ref FieldReader reader)
    {
        var at = reader.Time("at"u8);
        reader.ReadOrigin();
        var orderId = reader.NumberedId("order_id"u8);
        var executionId = reader.Identifier("exec_id"u8, 2 * MarketEvent.NameLengthMax);
        var symbol = reader.Text("symbol"u8, MarketEvent.NameLengthMax);
        var strategy = reader.Text("strategy"u8, MarketEvent.NameLengthMax);
        var side = reader.Side("side"u8);
        var quantity = new Quantity(reader.Positive("qty"u8));
        var price = new Price(reader.Positive("price"u8));
        var fee = reader.Fee("fee"u8);
        var asset = reader.Text("fee_asset"u8, MarketEvent.NameLengthMax);
        return new Fill(at, orderId, executionId, symbol, strategy, side, quantity, price, fee, asset);
    }

    internal override void WriteBody(FieldWriter writer) => writer
        .Add("order_id"u8, OrderId).Add("exec_id"u8, ExecutionId).Add("symbol"u8, Symbol).Add("strategy"u8, Strategy)
        .Add("side"u8, Side).Add("qty"u8, Quantity).Add("price"u8, Price).Add("fee"u8, Fee)
        .Add("fee_asset"u8, FeeAsset);
}

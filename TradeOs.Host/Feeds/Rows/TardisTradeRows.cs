using System.Globalization;
using System.Text;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// Tardis <c>trades</c>: <c>exchange,symbol,timestamp,local_timestamp,id,side,price,amount</c>; side is the
/// aggressor's.
/// </summary>
/// <remarks>Some exchanges number no trades: a row without an id is numbered by its line.</remarks>
internal sealed class TardisTradeRows(FeedFile file, FeedSpec spec)
    : TardisRows(file, spec, "id", "side", "price", "amount")
{
    private const int Id = 0;
    private const int SideOf = 1;
    private const int PriceOf = 2;
    private const int Amount = 3;

    public override string Expected => "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";

    protected override FeedRow Read(RowLines row, DateTime at, string source, string symbol)
    {
        var id = row[FieldOf(Id)];
        if (id.Length > 0 && !RowNames.IsName(id))
            return Refusal.Of(row, "id", FieldOf(Id), "at most 64 printable ASCII characters", isStructural: false);
        var side = row[FieldOf(SideOf)];
        var isBuy = side.SequenceEqual("buy"u8);
        if (!isBuy && !side.SequenceEqual("sell"u8))
        {
            return Refusal.Of(
                row, "side", FieldOf(SideOf), "buy or sell, the side that took the other's order",
                isStructural: !side.SequenceEqual("unknown"u8));
        }

        if (RowNumbers.RefusePrice(row, "price", FieldOf(PriceOf), out var price) is { } badPrice) return badPrice;
        if (RowNumbers.RefuseQuantity(row, "amount", FieldOf(Amount), out var quantity) is { } badAmount)
            return badAmount;
        var tradeId = id.Length > 0 ? Encoding.ASCII.GetString(id) : row.Line.ToString(CultureInfo.InvariantCulture);
        return new FeedRow(row.Line, new Trade(
            at, source, symbol, new Price(price), new Quantity(quantity), isBuy ? Side.Buy : Side.Sell, tradeId), null);
    }
}

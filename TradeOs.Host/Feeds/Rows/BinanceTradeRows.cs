using System.Text;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// Binance <c>trades</c> dumps: <c>id,price,qty,quote_qty,time,is_buyer_maker[,is_best_match]</c>, spot and futures.
/// </summary>
/// <remarks>
/// The columns are told by their number: 6 (futures), 7 (spot) or 5 (without quote_qty). A first field that is not all
/// digits makes the first row a header. The exchange's own files promise neither order nor ids that never repeat:
/// both are taken as they are. Layout as of the dumps of 2020 to 2025, github.com/binance/binance-public-data.
/// </remarks>
internal sealed class BinanceTradeRows(FeedFile file, FeedSpec spec) : IRowFormat
{
    public char Separator => ',';

    public string Layout => "";

    public bool IsReversed => false;

    public string Expected => "id,price,qty,quote_qty,time,is_buyer_maker[,is_best_match]";

    /// <summary>Whether these names, in small letters, are the header of such a file.</summary>
    public static bool IsHeader(IReadOnlyList<string> names)
    {
        var time = names.Count == 5 ? 3 : 4;
        return names.Count is >= 5 and <= 7 && names[0] == "id" && names[1] == "price" && names[2] == "qty"
            && names[time] == "time" && names[time + 1] == "is_buyer_maker";
    }

    public bool TakesAsHeader(RowLines first) => RowHeader.Takes(first, file, IsHeader, Expected);

    public FeedRow Read(RowLines row)
    {
        if (row.IsMalformed) return Refusal.Of(row, "its quotes do not pair", "plain fields", isStructural: true);
        return row.Count is < 5 or > 7
            ? Refusal.Of(row, $"{row.Count} columns", "5, 6 or 7", isStructural: true)
            : ReadTrade(row, spec, row.Count == 5 ? 3 : 4);
    }

    /// <summary>
    /// Reads a trade of either dump: id, price and quantity first, the flag of the maker behind the time.
    /// </summary>
    internal static FeedRow ReadTrade(RowLines row, FeedSpec spec, int timeField)
    {
        var id = row[0];
        if (id.Length is 0 or > 20 || id.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Refusal.Of(row, "id", 0, "digits", isStructural: true);

        // Before what may only be a wrong number: in a dump of the other kind the flag stands elsewhere.
        if (!TryFlag(row[timeField + 1], out var isBuyerMaker))
            return Refusal.Of(row, "is_buyer_maker", timeField + 1, "true or false", isStructural: true);
        if (RowNumbers.RefusePrice(row, "price", 1, out var price) is { } badPrice) return badPrice;
        if (RowNumbers.RefuseQuantity(row, "qty", 2, out var quantity) is { } badQuantity) return badQuantity;
        if (RowNumbers.RefuseEpoch(row, "time", timeField, out var at) is { } badTime) return badTime;
        var side = isBuyerMaker ? Side.Sell : Side.Buy;
        return new FeedRow(row.Line, new Trade(
            at, spec.Source, spec.Symbol, new Price(price), new Quantity(quantity), side,
            Encoding.ASCII.GetString(id)), null);
    }

    private static bool TryFlag(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii.EqualsIgnoreCase(text, "true");
        return value || Ascii.EqualsIgnoreCase(text, "false");
    }
}

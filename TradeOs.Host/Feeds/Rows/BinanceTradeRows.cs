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

    public bool TakesAsHeader(RowLines first)
    {
        if (!first[0].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (first.Count is >= 5 and <= 7 && Is(first, 0, "id") && Is(first, 1, "price") && Is(first, 2, "qty")
            && Is(first, TimeField(first), "time") && Is(first, TimeField(first) + 1, "is_buyer_maker")) return true;
        throw new FeedFileException(
            $"{file.Path} line {first.Line}: the header is \"{Refusal.Show(first.Raw)}\", expected {Expected}. " +
            "Name the format this file has, or mend the header.");
    }

    public FeedRow Read(RowLines row)
    {
        if (row.IsMalformed) return Refusal.Of(row, "its quotes do not pair", "plain fields", isStructural: true);
        if (row.Count is < 5 or > 7) return Refusal.Of(row, $"{row.Count} columns", "5, 6 or 7", isStructural: true);
        var timeField = TimeField(row);
        var id = row[0];
        if (id.Length is 0 or > 20 || id.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Refusal.Of(row, "id", 0, "digits", isStructural: true);
        if (RowNumbers.RefusePrice(row, "price", 1, out var price) is { } badPrice) return badPrice;
        if (RefuseQuantity(row, out var quantity) is { } badQuantity) return badQuantity;
        if (!RowNumbers.TryDigits(row[timeField], out var epoch))
            return Refusal.Of(row, "time", timeField, "digits", isStructural: true);
        if (!RowNumbers.TryEpoch(epoch, out var at))
            return Refusal.Of(row, "time", timeField, "s, ms, us or ns since 1970, from 1973 to 2199",
                isStructural: false);
        if (!TryFlag(row[timeField + 1], out var isBuyerMaker))
            return Refusal.Of(row, "is_buyer_maker", timeField + 1, "true or false", isStructural: true);
        var side = isBuyerMaker ? Side.Sell : Side.Buy;
        return new FeedRow(row.Line, new Trade(
            at, spec.Source, spec.Symbol, new Price(price), new Quantity(quantity), side,
            Encoding.ASCII.GetString(id)), null);
    }

    private static int TimeField(RowLines row) => row.Count == 5 ? 3 : 4;

    private static bool Is(RowLines row, int field, string name) => Ascii.EqualsIgnoreCase(row[field], name);

    private static FeedRow? RefuseQuantity(RowLines row, out decimal value)
    {
        if (!RowNumbers.TryDecimal(row[2], out value)) return Refusal.Of(row, "qty", 2, "a number", isStructural: true);
        return value is > 0 and <= RowNumbers.QuantityMax
            ? null
            : Refusal.Of(row, "qty", 2, "a number above 0, at most 1e14", isStructural: false);
    }

    private static bool TryFlag(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii.EqualsIgnoreCase(text, "true");
        return value || Ascii.EqualsIgnoreCase(text, "false");
    }
}

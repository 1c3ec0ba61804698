using System.Text;
using System.Text.Json;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// One JSON object a line with the fields of <c>market_data.raw</c> by name, e.g.
/// <c>{"at":"2024-08-08T23:54:15.342Z","symbol":"BTCUSDT","kind":"trade","price":"61837.63","qty":0.02,"side":"sell",
/// "trade_id":1}</c>.
/// </summary>
/// <remarks>
/// Values are strings or numbers; a number's digits are taken as written, never through floating point. <c>at</c> is
/// ISO-8601 with Z or an offset, or s, ms, us or ns since 1970. <c>source</c> and <c>symbol</c> may come from the SPEC
/// for rows that name none. A name that is there twice, or a value that is no text and no number, is refused; fields
/// nobody reads are passed over, as at the open door.
/// </remarks>
internal sealed class NdjsonRows(FeedSpec spec) : IRowFormat
{
    private const int At = 0;
    private const int Source = 1;
    private const int Symbol = 2;
    private const int Kind = 3;
    private const int PriceOf = 4;
    private const int Qty = 5;
    private const int SideOf = 6;
    private const int TradeId = 7;
    private const int Open = 8;
    private const int High = 9;
    private const int Low = 10;
    private const int Close = 11;
    private const int Volume = 12;
    private const int Bid = 13;
    private const int BidQty = 14;
    private const int Ask = 15;
    private const int AskQty = 16;

    /// <summary>The smallest decimal above 0.</summary>
    private const decimal Least = 0.0000000000000000000000000001m;

    /// <summary>Made once: it is at hand for every price, and said for hardly any.</summary>
    private static readonly string PriceExpected = $"a price from {RowNumbers.PriceMin} to {RowNumbers.PriceMax}";

    private readonly JsonFields _fields = new(
        "at", "source", "symbol", "kind", "price", "qty", "side", "trade_id", "open", "high", "low", "close", "volume",
        "bid", "bid_qty", "ask", "ask_qty");

    private RepeatedName _source;
    private RepeatedName _symbol;

    public char Separator => RowLines.WholeLine;

    public string Layout => "";

    public bool IsReversed => false;

    public string Expected =>
        "{\"at\":\"2024-08-08T23:54:15.342Z\",\"symbol\":\"BTCUSDT\",\"kind\":\"trade\",\"price\":\"61837.63\"," +
        "\"qty\":\"0.02\",\"side\":\"sell\",\"trade_id\":\"1\"}";

    public bool TakesAsHeader(RowLines first) => false;

    public FeedRow Read(RowLines row)
    {
        if (_fields.Read(row.Raw) is { } wrong)
            return Refusal.Of(row, wrong, "one JSON object with each name once", isStructural: true);
        if (RefuseTime(row, out var at) is { } badTime) return badTime;
        if (RefuseName(row, Source, spec.Source, ref _source, out var source) is { } badSource) return badSource;
        if (RefuseName(row, Symbol, spec.Symbol, ref _symbol, out var symbol) is { } badSymbol) return badSymbol;
        if (RefuseText(row, Kind, out var kind) is { } badKind) return badKind;
        if (kind.SequenceEqual("trade"u8)) return ReadTrade(row, at, source, symbol);
        if (kind.SequenceEqual("bar"u8)) return ReadBar(row, at, source, symbol);
        return kind.SequenceEqual("quote"u8)
            ? ReadQuote(row, at, source, symbol)
            : Wrong(row, Kind, "trade, bar or quote", isStructural: true);
    }

    private FeedRow ReadTrade(RowLines row, DateTime at, string source, string symbol)
    {
        if (RefusePrice(row, PriceOf, out var price) is { } badPrice) return badPrice;
        if (RefuseNumber(row, Qty, Least, "a number above 0, at most 1e14", out var quantity) is { } badQuantity)
            return badQuantity;
        if (RefuseText(row, SideOf, out var side) is { } badSide) return badSide;
        var isBuy = side.SequenceEqual("buy"u8);
        if (!isBuy && !side.SequenceEqual("sell"u8)) return Wrong(row, SideOf, "buy or sell", isStructural: false);
        if (RefuseText(row, TradeId, out var id) is { } badId) return badId;
        return RowNames.IsName(id)
            ? new FeedRow(row.Line, new Trade(
                at, source, symbol, new Price(price), new Quantity(quantity), isBuy ? Side.Buy : Side.Sell,
                Encoding.ASCII.GetString(id)), null)
            : Wrong(row, TradeId, RowNames.Expected, isStructural: false);
    }

    private FeedRow ReadBar(RowLines row, DateTime at, string source, string symbol)
    {
        if (RefusePrice(row, Open, out var open) is { } badOpen) return badOpen;
        if (RefusePrice(row, High, out var high) is { } badHigh) return badHigh;
        if (RefusePrice(row, Low, out var low) is { } badLow) return badLow;
        if (RefusePrice(row, Close, out var close) is { } badClose) return badClose;
        if (RefuseAmount(row, Volume, out var volume) is { } badVolume) return badVolume;
        return high < Math.Max(open, close) || low > Math.Min(open, close)
            ? Refusal.Of(
                row, $"high {new Price(high)} and low {new Price(low)}",
                $"them around open {new Price(open)} and close {new Price(close)}", isStructural: false)
            : new FeedRow(row.Line, new Bar(
                at, source, symbol,
                new Price(open), new Price(high), new Price(low), new Price(close), new Quantity(volume)), null);
    }

    private FeedRow ReadQuote(RowLines row, DateTime at, string source, string symbol)
    {
        if (RefusePrice(row, Bid, out var bid) is { } badBid) return badBid;
        if (RefuseAmount(row, BidQty, out var bidQuantity) is { } badBidQuantity) return badBidQuantity;
        if (RefusePrice(row, Ask, out var ask) is { } badAsk) return badAsk;
        if (RefuseAmount(row, AskQty, out var askQuantity) is { } badAskQuantity) return badAskQuantity;
        return bid > ask
            ? Refusal.Of(
                row, $"bid {new Price(bid)} and ask {new Price(ask)}", "a bid not above the ask", isStructural: false)
            : new FeedRow(row.Line, new Quote(
                at, source, symbol,
                new Price(bid), new Quantity(bidQuantity), new Price(ask), new Quantity(askQuantity)), null);
    }

    private FeedRow? RefuseTime(RowLines row, out DateTime at)
    {
        at = default;
        if (RefuseText(row, At, out var text) is { } badText) return badText;
        var isTime = RowNumbers.TryDigits(text, out var epoch)
            ? RowNumbers.TryEpoch(epoch, out at)
            : HasOffset(text) && BarTime.TryRead(text, DateOrder.MonthFirst, out at);
        return isTime
            ? null
            : Wrong(row, At, "a time such as 2024-08-08T23:54:15.342Z, or s, ms, us, ns since 1970", false);
    }

    /// <summary>Year first, and Z or an offset behind the time of day: what is meant must be certain.</summary>
    private static bool HasOffset(ReadOnlySpan<byte> text) =>
        text.Length > 16 && text[4] == (byte)'-' && text[10] == (byte)'T' && text[16..].ContainsAny("Z+-"u8);

    private FeedRow? RefuseName(RowLines row, int field, string otherwise, ref RepeatedName last, out string name)
    {
        name = otherwise;
        if (_fields.KindOf(field) == JsonTokenType.None && otherwise.Length > 0) return null;
        if (RefuseText(row, field, out var text) is { } badText) return badText;
        if (!RowNames.IsName(text)) return Wrong(row, field, RowNames.Expected, isStructural: false);
        name = last.Of(text);
        return null;
    }

    private FeedRow? RefusePrice(RowLines row, int field, out decimal value) => RefuseNumber(
        row, field, RowNumbers.PriceMin, PriceExpected, out value, RowNumbers.PriceMax);

    private FeedRow? RefuseAmount(RowLines row, int field, out decimal value) =>
        RefuseNumber(row, field, 0, "a number from 0 to 1e14", out value);

    private FeedRow? RefuseNumber(
        RowLines row, int field, decimal least, string expected, out decimal value,
        decimal most = RowNumbers.QuantityMax)
    {
        value = 0;
        if (RefuseText(row, field, out var text) is { } badText) return badText;
        return RowNumbers.TryDecimal(text, out value) && value >= least && value <= most
            ? null
            : Wrong(row, field, expected + ExactDecimal.Limit(text), isStructural: false);
    }

    private FeedRow? RefuseText(RowLines row, int field, out ReadOnlySpan<byte> text)
    {
        text = _fields.TextOf(field);
        var kind = _fields.KindOf(field);
        if (kind is JsonTokenType.String or JsonTokenType.Number) return null;
        if (kind == JsonTokenType.None)
        {
            var way = field is Symbol ? ", or ,symbol=S behind the path" : "";
            return Refusal.Of(row, $"field '{_fields.NameOf(field)}' is missing", $"it{way}", isStructural: true);
        }

        var found = kind switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.Null => "null",
            _ => "true or false",
        };
        return Refusal.Of(
            row, $"field '{_fields.NameOf(field)}' is {found}", "text or a number", isStructural: false);
    }

    private FeedRow Wrong(RowLines row, int field, string expected, bool isStructural) => Refusal.Of(
        row, $"field '{_fields.NameOf(field)}' is \"{Refusal.Show(_fields.TextOf(field))}\"", expected, isStructural);
}

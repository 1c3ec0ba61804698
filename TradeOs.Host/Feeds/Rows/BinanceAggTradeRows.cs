namespace TradeOs.Host;

/// <summary>
/// Binance <c>aggTrades</c> dumps: <c>id,price,qty,first_id,last_id,time,is_buyer_maker[,is_best_match]</c>, spot and
/// futures, each row all that one order took at one price; with header or without.
/// </summary>
/// <remarks>
/// The exchange's older rows carry -1 as first and last id; they are looked at only so that a file of another format
/// is not taken for one of these. Futures dumps call the columns <c>agg_trade_id,price,quantity,first_trade_id,
/// last_trade_id,transact_time,is_buyer_maker</c> (2023 to 2025, github.com/binance/binance-public-data).
/// </remarks>
internal sealed class BinanceAggTradeRows(FeedFile file, FeedSpec spec) : IRowFormat
{
    private const int FirstIdField = 3;
    private const int LastIdField = 4;
    private const int TimeField = 5;

    public char Separator => ',';

    public string Layout => "";

    public bool IsReversed => false;

    public string Expected => "id,price,qty,first_id,last_id,time,is_buyer_maker[,is_best_match]";

    /// <summary>Whether these names, in small letters, are the header of such a file.</summary>
    public static bool IsHeader(IReadOnlyList<string> names) =>
        names.Count is 7 or 8 && names[0] is "id" or "agg_trade_id" or "a" && names[1] is "price" or "p"
        && names[2] is "qty" or "quantity" or "q" && names[FirstIdField] is "first_id" or "first_trade_id" or "f"
        && names[LastIdField] is "last_id" or "last_trade_id" or "l"
        && names[TimeField] is "time" or "transact_time" or "timestamp" or "t"
        && names[TimeField + 1] is "is_buyer_maker" or "m";

    public bool TakesAsHeader(RowLines first) => RowHeader.Takes(first, file, IsHeader, Expected);

    public FeedRow Read(RowLines row)
    {
        if (row.IsMalformed) return Refusal.Of(row, "its quotes do not pair", "plain fields", isStructural: true);
        if (row.Count is not 7 and not 8)
            return Refusal.Of(row, $"{row.Count} columns", "7 or 8", isStructural: true);
        if (!IsWhole(row[FirstIdField]))
            return Refusal.Of(row, "first_id", FirstIdField, "a whole number", isStructural: true);
        return IsWhole(row[LastIdField])
            ? BinanceTradeRows.ReadTrade(row, spec, TimeField)
            : Refusal.Of(row, "last_id", LastIdField, "a whole number", isStructural: true);
    }

    private static bool IsWhole(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("-1"u8) || RowNumbers.TryDigits(text, out _);
}

namespace TradeOs.Host;

/// <summary>
/// Binance <c>klines</c> dumps, spot and futures, with header or without: <c>open_time,open,high,low,close,volume,
/// close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore</c>.
/// </summary>
/// <remarks>
/// A bar's <c>at</c> is its open_time, as in <c>ohlcv</c>, where the first time column is the bar's: the same bars are
/// the same entries under either format.
/// </remarks>
internal sealed class BinanceKlineRows(FeedFile file, FeedSpec spec) : IRowFormat
{
    private const int ColumnCount = 12;
    private const int CloseTimeField = 6;

    private static readonly BarColumns Columns = new(ColumnCount, 0, -1, 1, 2, 3, 4, 5);

    public char Separator => ',';

    public string Layout => "";

    public bool IsReversed => false;

    public string Expected =>
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume," +
        "ignore";

    /// <summary>Whether these names, in small letters, are the header of such a file.</summary>
    public static bool IsHeader(IReadOnlyList<string> names) =>
        names.Count == ColumnCount && names[0] == "open_time" && names[1] == "open" && names[2] == "high"
        && names[3] == "low" && names[4] == "close" && names[5] == "volume" && names[CloseTimeField] == "close_time";

    public bool TakesAsHeader(RowLines first) => RowHeader.Takes(first, file, IsHeader, Expected);

    public FeedRow Read(RowLines row)
    {
        if (row.IsMalformed) return Refusal.Of(row, "its quotes do not pair", "plain fields", isStructural: true);
        if (row.Count != ColumnCount)
            return Refusal.Of(row, $"{row.Count} columns", $"{ColumnCount}", isStructural: true);
        if (RowNumbers.RefuseEpoch(row, "open_time", 0, out var opened) is { } badOpen) return badOpen;
        if (RowNumbers.RefuseEpoch(row, "close_time", CloseTimeField, out var closed) is { } badClose) return badClose;
        return closed > opened
            ? BarRows.ReadBar(row, Columns, spec, opened)
            : Refusal.Of(row, "close_time", CloseTimeField, "a time after open_time", isStructural: false);
    }
}

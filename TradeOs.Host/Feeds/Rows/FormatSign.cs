using System.Globalization;
using System.Text;

namespace TradeOs.Host;

/// <summary>What one line of a file shows: a format, or a known kind of file that is none of them.</summary>
/// <param name="Format">The format; null when it is a foreign file.</param>
/// <param name="Foreign">The kind of foreign file; null when it is a format.</param>
internal readonly record struct FormatSign(FeedFormat? Format, ForeignFile? Foreign)
{
    private const int MillisecondsOfDay = 86_400_000;

    /// <summary>What a first line shows as a header; null when it is none that is known.</summary>
    public static FormatSign? OfHeader(string line)
    {
        var names = Cells(line, ',').Select(name => name.ToLowerInvariant()).ToList();
        if (Has(names, "exchange", "symbol", "timestamp", "local_timestamp")) return OfTardis(names);
        if (Has(names, "timestampofreceive", "stream", "eventtype")) return Of(ForeignFile.CaptureTable);
        if (Has(names, "price", "is_buyer_maker"))
        {
            return BinanceAggTradeRows.IsHeader(names) ? Of(FeedFormat.BinanceAggTrades)
                : BinanceTradeRows.IsHeader(names) ? Of(FeedFormat.BinanceTrades)
                : null;
        }

        if (BinanceKlineRows.IsHeader(names)) return Of(FeedFormat.BinanceKlines);
        foreach (var separator in ",;\t")
            if (BarColumns.OfNames(Cells(line, separator)) is not null) return Of(FeedFormat.Ohlcv);
        return null;
    }

    /// <summary>What a line shows as a row; null when it is none that is known.</summary>
    public static FormatSign? OfRow(string line)
    {
        if (line[0] == '{') return Of(FeedFormat.Ndjson);
        if (IsCapture(line)) return Of(ForeignFile.Capture);
        foreach (var separator in ",;\t")
            if (IsDatedBar(Cells(line, separator))) return Of(FeedFormat.Ohlcv);
        var cells = Cells(line, ',');
        if (!IsDigits(cells[0])) return null;
        return cells.Count switch
        {
            3 when IsNumber(cells[1]) && IsNumber(cells[2]) => OfTick(cells[0]),
            5 when IsDigits(cells[3]) && IsFlag(cells[4]) => Of(FeedFormat.BinanceTrades),
            6 or 7 when IsDigits(cells[4]) && IsFlag(cells[5]) => Of(FeedFormat.BinanceTrades),
            7 or 8 when IsDigits(cells[5]) && IsFlag(cells[6]) => Of(FeedFormat.BinanceAggTrades),
            12 when IsKline(cells) => Of(FeedFormat.BinanceKlines),
            _ => null,
        };
    }

    private static FormatSign OfTardis(List<string> names) =>
        Has(names, "id", "side", "price", "amount") ? Of(FeedFormat.TardisTrades)
        : Has(names, "ask_amount", "ask_price", "bid_price", "bid_amount") && names.Count == 8
            ? Of(FeedFormat.TardisQuotes)
            : Of(ForeignFile.OtherTardis);

    /// <summary>Time, price and amount and nothing else: of the day alone, or since 1970.</summary>
    private static FormatSign OfTick(string time) =>
        Of(long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value < MillisecondsOfDay
                ? ForeignFile.TickOfDay
                : ForeignFile.TickWithoutSide);

    private static bool IsCapture(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return blank >= 10 && blank + 1 < line.Length && line[blank + 1] is '{' or '['
            && IsDigits(line[..blank]);
    }

    private static bool IsDatedBar(List<string> cells) =>
        cells.Count is 5 or 6 && cells[0].Length is 8 or 15 && IsDigits(cells[0][..8])
        && BarTime.TryRead(Encoding.UTF8.GetBytes(cells[0]), DateOrder.MonthFirst, out _)
        && cells.Skip(1).All(IsNumber);

    private static bool IsKline(List<string> cells) =>
        cells.All(IsNumber) && cells[0].Length >= 13 && IsDigits(cells[6]) && IsDigits(cells[8])
        && cells[0].Length == cells[6].Length && string.CompareOrdinal(cells[6], cells[0]) > 0;

    private static FormatSign Of(FeedFormat format) => new(format, null);

    private static FormatSign Of(ForeignFile foreign) => new(null, foreign);

    private static bool Has(List<string> names, params ReadOnlySpan<string> wanted)
    {
        foreach (var name in wanted)
            if (!names.Contains(name)) return false;
        return true;
    }

    private static List<string> Cells(string line, char separator) =>
        [.. line.Split(separator).Select(cell => cell.Trim().Trim('"').Trim())];

    private static bool IsDigits(string text) =>
        text.Length is > 0 and <= 20 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static bool IsNumber(string text) => RowNumbers.TryDecimal(Encoding.UTF8.GetBytes(text), out _);

    private static bool IsFlag(string text) => bool.TryParse(text, out _);
}

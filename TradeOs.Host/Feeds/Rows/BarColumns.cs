using System.Text;

namespace TradeOs.Host;

/// <summary>Which field of a bar file's rows says what, as its header tells.</summary>
/// <param name="Count">Fields of a row.</param>
/// <param name="Time">Date and time, or the date alone when <paramref name="TimeOfDay"/> is there.</param>
/// <param name="TimeOfDay">Time of day; -1 when <paramref name="Time"/> holds it.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded; -1 when the file has none.</param>
internal sealed record BarColumns(
    int Count, int Time, int TimeOfDay, int Open, int High, int Low, int Close, int Volume)
{
    // In the order of preference; capitals, blanks, underscores and <> do not matter.
    private static readonly string[] TimeNames = ["datetime", "timestamp", "timestamputc", "opentime", "date", "time"];
    private static readonly string[] VolumeNames = ["volume", "vol", "v", "tickvol"];

    /// <summary>Columns of a row that is a header; null when it is none.</summary>
    public static BarColumns? OfHeader(RowLines row)
    {
        var names = new List<string>();
        for (var field = 0; field < row.Count; field++) names.Add(Encoding.UTF8.GetString(row[field]));
        return OfNames(names);
    }

    /// <summary>Columns of a header by their names; null when they do not name bars.</summary>
    public static BarColumns? OfNames(IEnumerable<string> header)
    {
        var names = header.Select(Plain).ToList();
        var open = First(names, "open", "o");
        var high = First(names, "high", "h");
        var low = First(names, "low", "l");
        var close = First(names, "close", "c");
        var time = First(names, TimeNames);
        var timeOfDay = time >= 0 && names[time] == "date" ? names.IndexOf("time") : -1;
        if (time < 0 && names[0].Length == 0) time = 0;
        return time < 0 || open < 0 || high < 0 || low < 0 || close < 0
            ? null
            : new BarColumns(names.Count, time, timeOfDay, open, high, low, close, First(names, VolumeNames));
    }

    /// <summary>
    /// Columns of NinjaTrader's rows without a header, <c>yyyyMMdd HHmmss;O;H;L;C;V</c>; null when the row is none.
    /// </summary>
    public static BarColumns? OfNinjaTrader(RowLines row)
    {
        var time = row[0];
        return row.Count is 5 or 6 && time.Length is 8 or 15 && RowNumbers.TryDigits(time[..8], out _)
            && BarTime.TryRead(time, DateOrder.MonthFirst, out _)
            ? new BarColumns(row.Count, 0, -1, 1, 2, 3, 4, row.Count == 6 ? 5 : -1)
            : null;
    }

    /// <summary>
    /// Columns of a Binance klines row without a header: twelve fields, opened and closed in digits, one after the
    /// other; null when the row is none.
    /// </summary>
    public static BarColumns? OfBinanceKlines(RowLines row) =>
        row.Count == 12 && row[0].Length >= 13 && RowNumbers.TryDigits(row[0], out var opened)
        && RowNumbers.TryDigits(row[6], out var closed) && closed > opened && RowNumbers.TryDigits(row[8], out _)
            ? new BarColumns(12, 0, -1, 1, 2, 3, 4, 5)
            : null;

    private static int First(List<string> names, params string[] wanted)
    {
        foreach (var name in wanted)
            if (names.IndexOf(name) is var found && found >= 0) return found;
        return -1;
    }

    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var character in name)
            if (character is not ('<' or '>' or ' ' or '_')) plain.Append(char.ToLowerInvariant(character));
        return plain.ToString();
    }
}

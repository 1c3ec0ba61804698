using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Bars (<c>ohlcv</c>): a header tells the columns, or NinjaTrader's layout without one.</summary>
/// <remarks>
/// Columns that are not needed are passed over. A volume that is absent or empty is 0. Rows that step back in time are
/// taken as they are, unless most do: then the file is written newest first and is read from its end.
/// </remarks>
internal sealed class BarRows(FeedSpec spec, BarSurvey survey) : IRowFormat
{
    private readonly BarColumns _columns = survey.Columns;

    public char Separator => survey.Separator;

    public string Layout => survey.Layout;

    public bool IsReversed => survey.IsReversed;

    public string Expected => "bars: time, open, high, low, close and maybe volume";

    public bool TakesAsHeader(RowLines first) => survey.HasHeader;

    public FeedRow Read(RowLines row)
    {
        if (row.IsMalformed) return Refusal.Of(row, "its quotes do not pair", "plain fields", isStructural: true);
        if (!HasItsColumns(row))
            return Refusal.Of(row, $"{row.Count} columns", $"{_columns.Count}", isStructural: true);
        if (ReadTime(row, out var at) is { } badTime) return badTime;
        return ReadBar(row, _columns, spec, at);
    }

    /// <summary>Reads prices and volume of a bar whose time is known.</summary>
    internal static FeedRow ReadBar(RowLines row, BarColumns columns, FeedSpec spec, DateTime at)
    {
        if (RowNumbers.RefusePrice(row, "open", columns.Open, out var open) is { } badOpen) return badOpen;
        if (RowNumbers.RefusePrice(row, "high", columns.High, out var high) is { } badHigh) return badHigh;
        if (RowNumbers.RefusePrice(row, "low", columns.Low, out var low) is { } badLow) return badLow;
        if (RowNumbers.RefusePrice(row, "close", columns.Close, out var close) is { } badClose) return badClose;
        if (ReadVolume(row, columns, out var volume) is { } badVolume) return badVolume;
        if (high < Math.Max(open, close) || low > Math.Min(open, close))
        {
            return Refusal.Of(
                row, $"high {new Price(high)} and low {new Price(low)}",
                $"them around open {new Price(open)} and close {new Price(close)}", isStructural: false);
        }

        return new FeedRow(row.Line, new Bar(
            at, spec.Source, spec.Symbol,
            new Price(open), new Price(high), new Price(low), new Price(close), new Quantity(volume)), null);
    }

    /// <summary>
    /// More fields than the header has are taken while they are empty: some programs end each row with a separator.
    /// </summary>
    private bool HasItsColumns(RowLines row)
    {
        if (row.Count < _columns.Count) return false;
        for (var field = _columns.Count; field < row.Count; field++)
            if (row[field].Length > 0) return false;
        return true;
    }

    private FeedRow? ReadTime(RowLines row, out DateTime at)
    {
        if (survey.TryTime(row, survey.Dates, out at)) return null;
        if (row[_columns.Time].Length == 0)
            return Refusal.Of(row, "time", _columns.Time, "a time", isStructural: false);
        var expected = $"a time such as 2017-01-03 09:30:00, {survey.DatesText}, or s, ms, us, ns since 1970";
        return Refusal.Of(row, "time", _columns.Time, expected, isStructural: true);
    }

    private static FeedRow? ReadVolume(RowLines row, BarColumns columns, out decimal volume)
    {
        volume = 0;
        return columns.Volume < 0 || row[columns.Volume].Length == 0
            ? null
            : RowNumbers.RefuseAmount(row, "volume", columns.Volume, out volume);
    }
}

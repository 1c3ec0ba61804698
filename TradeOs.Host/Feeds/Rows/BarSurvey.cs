namespace TradeOs.Host;

/// <summary>
/// One look through a bar file before it is fed: its separator, its columns, how it writes dates, and which way time
/// runs.
/// </summary>
internal sealed class BarSurvey
{
    /// <summary>How the layout of a file written newest first ends.</summary>
    public const string NewestFirst = "newest first";

    private const int CancellationRows = 4096;

    private readonly FeedFile _file;
    private Direction _monthFirst;
    private Direction _dayFirst;
    private long _rows;
    private long _dayFirstLine;
    private long _monthFirstLine;

    private BarSurvey(FeedFile file, char separator, BarColumns columns, bool hasHeader) =>
        (_file, Separator, Columns, HasHeader) = (file, separator, columns, hasHeader);

    public char Separator { get; }

    public BarColumns Columns { get; }

    public bool HasHeader { get; }

    /// <summary>Order of day and month.</summary>
    public DateOrder Dates { get; private set; }

    public bool IsReversed { get; private set; }

    /// <summary>What must not change when the file grows: another reading of the rows already fed.</summary>
    public string Layout => $"{(Dates == DateOrder.MonthFirst ? "mdy" : "dmy")}{(IsReversed ? $" {NewestFirst}" : "")}";

    /// <summary>A date in the order of this file, for messages.</summary>
    public string DatesText => Dates == DateOrder.MonthFirst ? "1/31/2017 (month first)" : "31/1/2017 (day first)";

    /// <summary>Looks through the file.</summary>
    /// <exception cref="FeedFileException">
    /// It has no header that names bars, or its dates contradict each other.
    /// </exception>
    public static BarSurvey Take(FeedFile file, FeedSpec spec, CancellationToken cancellationToken)
    {
        var survey = Begin(file);
        using var rows = new RowLines(file, survey.Separator);
        if (survey.HasHeader) rows.Read();
        try
        {
            while (rows.Read()) survey.Look(rows, cancellationToken);
            survey.Decide(spec);
        }
        catch (FeedFileException broken) when (rows.IsBroken)
        {
            // The rows before the break are fed, and who feeds them meets the same break and reports it.
            survey.Decide(spec);
            if (!survey.IsReversed) return survey;
            throw new FeedFileException(
                $"{broken.Message} It is written newest first, so its oldest rows are missing: none is fed.");
        }

        return survey;
    }

    /// <summary>Time of a row.</summary>
    public bool TryTime(RowLines row, DateOrder order, out DateTime time) => Columns.TimeOfDay < 0
        ? BarTime.TryRead(row[Columns.Time], order, out time)
        : BarTime.TryRead(row[Columns.Time], row[Columns.TimeOfDay], order, out time);

    private static BarSurvey Begin(FeedFile file)
    {
        var found = "";
        foreach (var separator in ",;\t")
        {
            using var rows = new RowLines(file, separator);
            if (!rows.Read()) break;
            if (BarColumns.OfHeader(rows) is { } named) return new BarSurvey(file, separator, named, hasHeader: true);
            if ((BarColumns.OfNinjaTrader(rows) ?? BarColumns.OfBinanceKlines(rows)) is { } fixedColumns)
                return new BarSurvey(file, separator, fixedColumns, hasHeader: false);
            found = $" line {rows.Line}: no header, it is \"{Refusal.Show(rows.Raw)}\"";
        }

        throw new FeedFileException(
            $"{file.Path}{(found.Length == 0 ? ": holds no rows" : found)}, expected one that names time, open, " +
            "high, low, close and maybe volume. Put such a line on top (Binance klines: " +
            "open_time,open,high,low,close,volume,...), or name another format.");
    }

    private void Look(RowLines row, CancellationToken cancellationToken)
    {
        if (++_rows % CancellationRows == 0) cancellationToken.ThrowIfCancellationRequested();
        if (row.Count < Columns.Count) return;
        var order = BarTime.OrderOf(row[Columns.Time]);
        if (order == DateOrder.DayFirst && _dayFirstLine == 0) _dayFirstLine = row.Line;
        if (order == DateOrder.MonthFirst && _monthFirstLine == 0) _monthFirstLine = row.Line;
        if (TryTime(row, DateOrder.MonthFirst, out var time)) _monthFirst.See(time);
        if (TryTime(row, DateOrder.DayFirst, out time)) _dayFirst.See(time);
    }

    private void Decide(FeedSpec spec)
    {
        if (spec.Dates is null && _dayFirstLine > 0 && _monthFirstLine > 0)
        {
            throw new FeedFileException(
                $"{_file.Path}: the date of line {_dayFirstLine} has its day first, that of line {_monthFirstLine} " +
                "its month, expected one order. Say which with ,dates=mdy or ,dates=dmy; rows of the other are then " +
                "refused.");
        }

        Dates = spec.Dates ?? (_dayFirstLine > 0 ? DateOrder.DayFirst : DateOrder.MonthFirst);
        var direction = Dates == DateOrder.MonthFirst ? _monthFirst : _dayFirst;
        IsReversed = direction.Backward > direction.Forward;
        if (!IsReversed || _rows <= spec.ReversedRowsMax) return;
        throw new FeedFileException(
            $"{_file.Path}: is written newest first and has {_rows} rows, expected at most {spec.ReversedRowsMax} " +
            $"to turn round in memory. Raise it with ,rows-max={_rows}, or write the file oldest first.");
    }

    private struct Direction
    {
        private DateTime? _last;

        public long Forward { get; private set; }

        public long Backward { get; private set; }

        public void See(DateTime time)
        {
            if (time > _last) Forward++;
            if (time < _last) Backward++;
            _last = time;
        }
    }
}

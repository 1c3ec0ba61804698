using BenchmarkDotNet.Attributes;
using CsvHelper;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>
/// How many rows of a file become events in a second on one core, over the plainest use of CsvHelper?
/// </summary>
/// <remarks>
/// An operation is a row. The baseline cuts lines of a Binance dump and parses the same fields into the same trade; it
/// checks nothing, and a wrong row ends it. Packed files and ndjson are the same trades.
/// </remarks>
public class ParseRowsByFormat
{
    private const int RowCount = 100_000;

    private readonly MarketFile _plain = MarketFile.Write(FeedFormat.BinanceTrades, RowCount, FilePacking.Plain);
    private readonly MarketFile _gzip = MarketFile.Write(FeedFormat.BinanceTrades, RowCount, FilePacking.Gzip);
    private readonly MarketFile _zip = MarketFile.Write(FeedFormat.BinanceTrades, RowCount, FilePacking.Zip);
    private readonly MarketFile _klines = MarketFile.Write(FeedFormat.BinanceKlines, RowCount, FilePacking.Plain);
    private readonly MarketFile _quotes = MarketFile.Write(FeedFormat.TardisQuotes, RowCount, FilePacking.Plain);
    private readonly MarketFile _ndjson = MarketFile.Write(FeedFormat.Ndjson, RowCount, FilePacking.Plain);

    [GlobalCleanup]
    public void RemoveFiles()
    {
        foreach (var file in (MarketFile[])[_plain, _gzip, _zip, _klines, _quotes, _ndjson]) file.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = RowCount)]
    public int PlainCsvHelper()
    {
        using var csv = CsvReader.FromFile(_plain.Path, new CsvReaderOptions { Separator = ',', HasHeader = false });
        var accepted = 0;
        while (csv.Read())
        {
            var trade = new Trade(
                DateTime.UnixEpoch.AddMilliseconds(csv.Parse<long>(4)), "binance", "BTCUSDT",
                new Price(csv.Parse<decimal>(1)), new Quantity(csv.Parse<decimal>(2)),
                csv.GetString(5) == "True" ? Side.Sell : Side.Buy, csv.GetString(0));
            if (trade.Quantity.Value > 0) accepted++;
        }

        return accepted;
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int CutIntoFields()
    {
        using var rows = new RowLines(FeedFile.Open(_plain.Path), ',');
        var fields = 0;
        while (rows.Read()) fields += rows.Count;
        return fields;
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int Plain() => Read(_plain);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int Gzip() => Read(_gzip);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int Zip() => Read(_zip);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int Klines() => Read(_klines);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int TardisQuotes() => Read(_quotes);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int Ndjson() => Read(_ndjson);

    /// <summary>Reads every row; returns how many became an event.</summary>
    internal static int Read(MarketFile market)
    {
        var file = FeedFile.Open(market.Path);
        var format = RowFormats.Open(file, FeedSpec.Parse(market.Spec), CancellationToken.None);
        using var rows = new RowLines(file, format.Separator);
        var accepted = 0;
        var hasRow = rows.Read() && (!format.TakesAsHeader(rows) || rows.Read());
        for (; hasRow; hasRow = rows.Read())
            if (format.Read(rows).Event is not null) accepted++;
        return accepted;
    }
}

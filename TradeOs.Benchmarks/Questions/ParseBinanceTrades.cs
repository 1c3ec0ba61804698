using BenchmarkDotNet.Attributes;
using CsvHelper;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>
/// How many rows of a Binance dump become trades in a second on one core, over the plainest use of CsvHelper?
/// </summary>
/// <remarks>
/// An operation is a row. The baseline cuts lines and parses the same fields into the same trade; it checks nothing,
/// and a wrong row ends it. Packed files and ndjson are the same trades.
/// </remarks>
public class ParseBinanceTrades
{
    private const int RowCount = 100_000;

    private readonly TradesFile _plain = TradesFile.Write(RowCount, FilePacking.Plain);
    private readonly TradesFile _gzip = TradesFile.Write(RowCount, FilePacking.Gzip);
    private readonly TradesFile _zip = TradesFile.Write(RowCount, FilePacking.Zip);
    private readonly TradesFile _ndjson = TradesFile.Write(RowCount, FilePacking.Ndjson);

    [GlobalCleanup]
    public void RemoveFiles()
    {
        foreach (var file in (TradesFile[])[_plain, _gzip, _zip, _ndjson]) file.Dispose();
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
    public int Ndjson() => Read(_ndjson);

    private static int Read(TradesFile trades)
    {
        var file = FeedFile.Open(trades.Path);
        var format = RowFormats.Open(file, FeedSpec.Parse(trades.Spec), CancellationToken.None);
        using var rows = new RowLines(file, format.Separator);
        var accepted = 0;
        while (rows.Read())
            if (format.Read(rows).Event is not null) accepted++;
        return accepted;
    }
}

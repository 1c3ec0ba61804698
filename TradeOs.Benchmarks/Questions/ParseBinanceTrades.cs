using System.Globalization;
using BenchmarkDotNet.Attributes;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>How many rows of a Binance dump are read in a second, over only cutting them into fields?</summary>
public class ParseBinanceTrades
{
    private const int RowCount = 100_000;

    private string _path = "";
    private FeedFile _file = null!;
    private BinanceTradeRows _format = null!;

    [GlobalSetup]
    public void WriteFile()
    {
        _path = Path.Combine(Directory.CreateTempSubdirectory("tradeos-benchmark-").FullName, "BTCUSDT-trades-1.csv");
        using (var writer = new StreamWriter(_path))
        {
            for (var row = 0; row < RowCount; row++)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{3755289441 + row},{61713.25m + (row % 997)},0.00731,451.12385750,{1723161255342 + row},"));
                writer.Write(row % 2 == 0 ? "True,True\n" : "False,True\n");
            }
        }

        _file = FeedFile.Open(_path);
        _format = new BinanceTradeRows(_file, FeedSpec.Parse($"binance-trades:{_path}"));
    }

    [GlobalCleanup]
    public void RemoveFile() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Benchmark(Baseline = true, OperationsPerInvoke = RowCount)]
    public int CutIntoFields()
    {
        using var rows = new RowLines(_file, _format.Separator);
        var fields = 0;
        while (rows.Read()) fields += rows.Count;
        return fields;
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int ReadTrades()
    {
        using var rows = new RowLines(_file, _format.Separator);
        var accepted = 0;
        while (rows.Read())
            if (_format.Read(rows).Event is not null) accepted++;
        return accepted;
    }
}

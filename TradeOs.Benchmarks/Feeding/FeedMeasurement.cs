using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>
/// A long file through the whole feed onto a bus that drops: rows a second, and how much memory it takes.
/// </summary>
internal static class FeedMeasurement
{
    private const int BatchCountMax = 128;

    private static readonly Option<long> RowsOption = new("--rows")
    {
        Description = "Rows to feed.",
        DefaultValueFactory = _ => 10_000_000,
    };

    private static readonly Option<FilePacking> PackingOption = new("--packing")
    {
        Description = "How they lie on the disk.",
        DefaultValueFactory = _ => FilePacking.Plain,
    };

    private static readonly Option<FeedFormat> FormatOption = new("--format")
    {
        Description = "How they are written: BinanceTrades, BinanceKlines, TardisQuotes or Ndjson.",
        DefaultValueFactory = _ => FeedFormat.BinanceTrades,
    };

    /// <summary>Writes the rows to a temporary directory, feeds them and prints what it took.</summary>
    public static Task<int> RunAsync(string[] arguments)
    {
        var command = new RootCommand("Feeds a long made-up file onto a bus that keeps nothing.")
        {
            RowsOption, PackingOption, FormatOption,
        };
        command.SetAction((asked, cancellationToken) => MeasureAsync(
            asked.GetValue(RowsOption), asked.GetValue(FormatOption), asked.GetValue(PackingOption),
            cancellationToken));
        return command.Parse(arguments).InvokeAsync();
    }

    private static async Task MeasureAsync(
        long rows, FeedFormat format, FilePacking packing, CancellationToken cancellationToken)
    {
        using var file = MarketFile.Write(format, rows, packing);
        Say($"{format}, {packing}, {rows:#,0} rows, {file.Bytes / 1e6:#,0} MB; {Machine.Describe()}");
        var digest = await DigestAsync(file, packing, cancellationToken);
        var bus = new DroppingBus(new InMemoryStreamBus(new MemoryStore(BenchmarkServer.DefaultLimits())));
        var progress = new FeedProgress();
        var loop = new FeedLoop(
            bus, [FeedSpec.Parse(file.Spec)], new LoopLimits(BatchCountMax, TimeSpan.FromSeconds(1)), progress,
            TimeProvider.System, NullLogger<FeedLoop>.Instance);
        if (packing != FilePacking.Directory) SayParsing(file, rows);
        var (start, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await loop.RunAsync(cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var processor = Environment.CpuUsage.TotalTime - before;

        if (progress.Rows != rows) throw new InvalidOperationException($"{progress.Rows} rows were fed, not {rows}.");
        Say($"{rows / elapsed.TotalSeconds:#,0} rows/s, of a core {rows / processor.TotalSeconds:#,0} rows/s");
        Say($"digest alone {digest.TotalSeconds:0.00} s of {elapsed.TotalSeconds:0.00} s");
        Say($"highest resident memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB");
    }

    /// <summary>By the processor time, not by the clock, of which a machine with other work on it gives
    /// less.</summary>
    private static void SayParsing(MarketFile file, long rows)
    {
        var before = Environment.CpuUsage.TotalTime;
        if (ParseRowsByFormat.Read(file) != rows) throw new InvalidOperationException("A row was refused.");
        var processor = Environment.CpuUsage.TotalTime - before;
        Say($"parsing alone, of a core {rows / processor.TotalSeconds:#,0} rows/s");
    }

    private static async Task<TimeSpan> DigestAsync(
        MarketFile file, FilePacking packing, CancellationToken cancellationToken)
    {
        string[] paths = packing == FilePacking.Directory ? Directory.GetFiles(file.Path) : [file.Path];
        var start = Stopwatch.GetTimestamp();
        foreach (var path in paths)
        {
            var opened = FeedFile.Open(path);
            await opened.DigestAsync(opened.Bytes, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static void Say(FormattableString text) =>
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

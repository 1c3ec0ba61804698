using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>How often Redis waits for the disk; it keeps no count of that, so its system calls are counted.</summary>
internal static class FsyncCount
{
    private static readonly TimeSpan AttachWait = TimeSpan.FromSeconds(1);

    /// <summary>fsyncs for each entry of the nine streams while <paramref name="run"/> runs; null without
    /// strace.</summary>
    public static async Task<double?> PerEntryAsync(BenchmarkServer server, Func<Task<SaturatedRun>> run)
    {
        Terminal.Say("blue", "benchmark:", "fsyncs, counted by strace");
        var file = Path.GetTempFileName();
        try
        {
            using var trace = Start(server.ProcessId, file);
            if (trace is null) return null;
            await Task.Delay(AttachWait);
            var entries = ((await run()).Ticks + CopyPipeline.WarmUpTicks) * Topology.Path.Length;
            Signals.Send("INT", trace.Id);
            await trace.WaitForExitAsync();
            return (double)Calls(await File.ReadAllLinesAsync(file)) / entries;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Process? Start(int process, string file)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(
                "strace",
                [
                    "-f", "-c", "-e", "trace=fdatasync,fsync", "-o", file,
                    "-p", process.ToString(CultureInfo.InvariantCulture),
                ])
            { RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            Terminal.Say("yellow", "benchmark:", "strace is not installed: fsyncs are not counted.");
            return null;
        }
    }

    /// <summary>Fourth column of each row that ends in the name of a call.</summary>
    private static long Calls(IEnumerable<string> table) => table
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > 4 && words[^1] is "fdatasync" or "fsync")
        .Sum(words => long.Parse(words[3], CultureInfo.InvariantCulture));
}

using System.Diagnostics;
using System.Globalization;

namespace TradeOs.Benchmarks;

/// <summary>What Redis itself can do, asked with its own <c>redis-benchmark</c> and the same entry.</summary>
internal static class RedisBenchmarkTool
{
    private const int CeilingClients = 9;
    private const int CeilingDepth = 128;

    // Columns of --csv as redis-benchmark 7.0 prints them: test, rps, avg, min, p50, p95, p99, max.
    private const int PerSecondColumn = 1;
    private const int MedianColumn = 4;

    /// <summary>XADD a second: nine clients, 128 commands in flight each.</summary>
    public static async Task<double> CeilingAsync(BenchmarkServer server, int count) =>
        (await RunAsync(server, count, CeilingClients, CeilingDepth, "ceiling"))[PerSecondColumn];

    /// <summary>Median of one XADD in milliseconds: one client, one command in flight.</summary>
    public static async Task<double> XaddMedianMsAsync(BenchmarkServer server, int count) =>
        (await RunAsync(server, count, clients: 1, depth: 1, "alone"))[MedianColumn];

    /// <summary>Appends entries to a stream.</summary>
    public static Task FillAsync(BenchmarkServer server, string stream, int count) =>
        RunAsync(server, count, CeilingClients, CeilingDepth, stream);

    private static async Task<double[]> RunAsync(
        BenchmarkServer server, int count, int clients, int depth, string stream)
    {
        string[] arguments =
        [
            "-p", Text(server.Port), "-n", Text(count), "-c", Text(clients), "-P", Text(depth), "--csv",
            "XADD", stream, "*", .. SampleTick.Words,
        ];
        using var tool = Process.Start(
            new ProcessStartInfo("redis-benchmark", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("redis-benchmark did not start.");
        var output = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        if (tool.ExitCode != 0) throw new InvalidOperationException($"redis-benchmark failed: {output}");
        // The name of the test is the command itself; numbers begin behind it.
        var columns = output.TrimEnd().Split('\n')[^1].Split("\",\"");
        return [0, .. columns[1..].Select(column => double.Parse(column.Trim('"'), CultureInfo.InvariantCulture))];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Diagnostics;

namespace TradeOs.Benchmarks;

/// <summary>Resident memory of <c>tradeos run</c>, a process of its own, while it takes all the simulator
/// gives.</summary>
internal static class HostMemory
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Highest resident memory, in millions of bytes.</summary>
    public static async Task<double> PeakAsync(BenchmarkServer server, int ticks)
    {
        var data = Directory.CreateTempSubdirectory("tradeos-benchmark-data-");
        try
        {
            using var host = Process.Start(HostProcess.StartInfo(
                RealPipeline.Spec(ticks), server.Endpoint, data.FullName, "--set", "Redis:Mode=External"))
                ?? throw new InvalidOperationException("tradeos did not start.");
            var output = host.StandardOutput.ReadToEndAsync();
            var errors = host.StandardError.ReadToEndAsync();
            var peak = 0L;
            try
            {
                while (!host.HasExited)
                {
                    host.Refresh();
                    peak = Math.Max(peak, host.WorkingSet64);
                    await Task.Delay(Look);
                }
            }
            finally
            {
                if (!host.HasExited) host.Kill();
            }

            if (host.ExitCode != 0) throw new InvalidOperationException($"tradeos: {await errors}{await output}");
            return peak / 1e6;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}

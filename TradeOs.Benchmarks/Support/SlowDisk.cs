using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TradeOs.Benchmarks;

/// <summary>Makes the disk slower for every process started from now on, by slow-disk.c loaded into it.</summary>
internal static class SlowDisk
{
    /// <summary>Compiles it and puts it into the environment that children inherit.</summary>
    /// <param name="microseconds">What each fsync and fdatasync takes longer.</param>
    /// <param name="problem">Why it was not compiled.</param>
    public static bool TryPut(int microseconds, out string problem)
    {
        var directory = Directory.CreateTempSubdirectory("tradeos-benchmark-disk-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        var library = Path.Combine(directory, "slow-disk.so");
        var source = Path.Combine(AppContext.BaseDirectory, "slow-disk.c");
        problem = Compile(["-O2", "-Wall", "-shared", "-fPIC", "-o", library, source]);
        if (problem.Length > 0) return false;
        Environment.SetEnvironmentVariable("LD_PRELOAD", library);
        Environment.SetEnvironmentVariable(
            "FSYNC_DELAY_US", microseconds.ToString(CultureInfo.InvariantCulture));
        return true;
    }

    private static string Compile(string[] arguments)
    {
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", arguments) { RedirectStandardError = true })!;
            var said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? "" : said;
        }
        catch (Win32Exception)
        {
            return "there is no C compiler cc; install one (packages gcc and libc6-dev).";
        }
    }
}

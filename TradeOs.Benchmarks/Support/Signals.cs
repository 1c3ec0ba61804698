using System.Diagnostics;

namespace TradeOs.Benchmarks;

/// <summary>Signals to processes, which .NET has no call for.</summary>
internal static class Signals
{
    /// <summary>Sends one by its name without SIG, and returns when it was sent.</summary>
    public static void Send(string signal, int process)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {process}"]);
        kill.WaitForExit();
    }
}

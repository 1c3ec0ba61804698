using System.Diagnostics;
using System.Globalization;

namespace TradeOs.Tests;

/// <summary>Signals to a process a test started.</summary>
public static class Signals
{
    /// <summary>Freezes it: it keeps its sockets and answers nothing.</summary>
    public static Task StopAsync(int processId) => SendAsync("STOP", processId);

    /// <summary>Lets it go on after <see cref="StopAsync"/>.</summary>
    public static Task ContinueAsync(int processId) => SendAsync("CONT", processId);

    /// <summary>Sends a signal by its name, "TERM".</summary>
    public static async Task SendAsync(string signal, int processId)
    {
        var id = processId.ToString(CultureInfo.InvariantCulture);
        // The shell's own kill: a small machine has no program of that name.
        using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kill -{signal} {id}"]))!;
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
            throw new InvalidOperationException($"kill -{signal} {id} exited with {kill.ExitCode}.");
    }
}

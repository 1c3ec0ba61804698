using System.Diagnostics;

namespace TradeOs.Tests;

/// <summary>Another program, run to its end.</summary>
public static class ChildProcess
{
    /// <summary>Runs it and returns what it said; it has no input.</summary>
    /// <param name="program">Its path, or its name in PATH.</param>
    /// <param name="arguments">One word each; nothing is expanded.</param>
    public static async Task<ChildResult> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ChildResult(process.ExitCode, output, await error);
    }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of its standard output.</param>
/// <param name="Error">All of its standard error.</param>
public sealed record ChildResult(int ExitCode, string Output, string Error);

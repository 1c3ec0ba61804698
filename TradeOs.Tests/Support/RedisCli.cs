using System.Diagnostics;

namespace TradeOs.Tests;

/// <summary>redis-cli: what an operator sees, through none of our code.</summary>
public static class RedisCli
{
    /// <summary>What it prints, without the last line end; nothing while the server is away.</summary>
    /// <param name="endpoint">Where the server listens on this machine, <c>host:port</c>.</param>
    /// <param name="command">The command and its arguments.</param>
    public static async Task<string> RunAsync(string endpoint, params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli", ["-p", endpoint.Split(':')[1], .. command])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var cli = Process.Start(start)!;
        var output = await cli.StandardOutput.ReadToEndAsync();
        await cli.WaitForExitAsync();
        return output.TrimEnd('\n');
    }
}

namespace TradeOs.Tests;

/// <summary>redis-cli: what an operator sees, through none of our code.</summary>
public static class RedisCli
{
    /// <summary>What it prints, without the last line end; nothing while the server is away.</summary>
    /// <param name="endpoint">Where the server listens, <c>host:port</c>.</param>
    /// <param name="command">The command and its arguments.</param>
    public static async Task<string> RunAsync(string endpoint, params string[] command)
    {
        var parts = endpoint.Split(':');
        var result = await ChildProcess.RunAsync("redis-cli", ["-h", parts[0], "-p", parts[1], .. command]);
        return result.Output.TrimEnd('\n');
    }
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The host that stands in Redis, as long as its connection is there.</summary>
internal static class LivingHost
{
    /// <summary>What it calls itself; null when none lives.</summary>
    /// <remarks>It lives when its connection does: same server process, and its client id is listed.</remarks>
    public static async Task<string?> NameAsync(ControlConnection control)
    {
        var stored = (string[])(await control.ExecuteAsync("HMGET", RedisKeys.Host, "name", "client", "run_id"))!;
        if (stored[0] is null || stored[1] is null) return null;
        var server = await control.InfoAsync("server");
        if (server.GetValueOrDefault("run_id") != stored[2]) return null;
        var client = (string?)await control.ExecuteAsync("CLIENT", "LIST", "ID", stored[1]);
        return string.IsNullOrWhiteSpace(client) ? null : stored[0];
    }
}

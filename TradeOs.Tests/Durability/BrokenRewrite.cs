namespace TradeOs.Tests.Durability;

/// <summary>Makes the rewrite of the append-only file fail.</summary>
public static class BrokenRewrite
{
    /// <summary>Puts a directory where the next base file belongs, rewrites, and waits for the failure.</summary>
    public static async Task MakeAsync(RedisServerProcess server)
    {
        for (var number = 1; number < 9; number++)
        {
            var path = Path.Combine(server.Directory, "appendonlydir", $"appendonly.aof.{number}.base.rdb");
            if (!File.Exists(path)) Directory.CreateDirectory(Path.Combine(path, "in the way"));
        }

        await server.CliAsync("BGREWRITEAOF");
        await Poll.UntilAsync(async () => (await server.CliAsync("INFO", "persistence"))
            .Contains("aof_last_bgrewrite_status:err", StringComparison.Ordinal));
    }
}

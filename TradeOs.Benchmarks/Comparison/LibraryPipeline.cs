using System.Diagnostics;
using StackExchange.Redis;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>The same eight hops the way popular libraries do them: consumer groups on one multiplexer.</summary>
/// <remarks>
/// Naive: each consumer awaits XADD to the next stream and XACK for each message. Pipelined: it sends the XADDs of
/// everything it read at once, and one XACK when all are answered. Neither has a checkpoint, a fence or bounds, and
/// both repeat messages after a crash. All ticks lie in the first stream before the clock starts, which is in their
/// favour.
/// </remarks>
internal static class LibraryPipeline
{
    private const int ReadCount = 128;
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Ticks a second through all hops.</summary>
    public static async Task<double> RunAsync(BenchmarkServer server, int ticks, bool isPipelined)
    {
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.Endpoint);
        var database = multiplexer.GetDatabase();
        foreach (var hop in Topology.Stages)
            await database.ExecuteAsync("XGROUP", "CREATE", hop.Input!, "naive", "0", "MKSTREAM");
        await RedisBenchmarkTool.FillAsync(server, StreamNames.MarketData, ticks);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Topology.Stages.Select(
            hop => Task.Run(() => HopAsync(database, hop.Input!, hop.Outputs[0], ticks, isPipelined))));
        return ticks / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task HopAsync(IDatabase database, string input, string output, int ticks, bool isPipelined)
    {
        for (var done = 0; done < ticks;)
        {
            var answer = await database.ExecuteAsync(
                "XREADGROUP", "GROUP", "naive", "one", "COUNT", ReadCount, "STREAMS", input, ">");
            if (answer.IsNull)
            {
                await Task.Delay(PollWait);
                continue;
            }

            var entries = (RedisResult[])((RedisResult[])((RedisResult[])answer!)[0]!)[1]!;
            done += entries.Length;
            if (isPipelined) await PassOnTogetherAsync(database, input, output, entries);
            else await PassOnAsync(database, input, output, entries);
        }
    }

    private static async Task PassOnAsync(IDatabase database, string input, string output, RedisResult[] entries)
    {
        foreach (var entry in entries)
        {
            var (id, append) = Append(output, entry);
            await database.ExecuteAsync("XADD", append);
            await database.ExecuteAsync("XACK", input, "naive", id);
        }
    }

    private static async Task PassOnTogetherAsync(
        IDatabase database, string input, string output, RedisResult[] entries)
    {
        var appends = entries.Select(entry => Append(output, entry)).ToList();
        await Task.WhenAll(appends.Select(append => database.ExecuteAsync("XADD", append.Words)));
        await database.ExecuteAsync("XACK", [input, "naive", .. appends.Select(append => append.Id)]);
    }

    private static (string Id, object[] Words) Append(string output, RedisResult entry)
    {
        var pair = (RedisResult[])entry!;
        object[] words = [output, "*", .. ((RedisResult[])pair[1]!).Select(word => (object)(string)word!)];
        return ((string)pair[0]!, words);
    }
}

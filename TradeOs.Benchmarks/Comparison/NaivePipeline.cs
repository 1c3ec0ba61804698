using System.Diagnostics;
using StackExchange.Redis;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>The same eight hops the way popular libraries do them: on one multiplexer, message by message.</summary>
/// <remarks>
/// Each consumer reads its group, awaits XADD to the next stream and awaits XACK for each message. It has no
/// checkpoint, no fence, no bounds, and repeats messages after a crash. All ticks lie in the first stream before the
/// clock starts, which is in its favour.
/// </remarks>
internal static class NaivePipeline
{
    private const int ReadCount = 128;
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Ticks a second through all hops.</summary>
    public static async Task<double> RunAsync(BenchmarkServer server, int ticks)
    {
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.Endpoint);
        var database = multiplexer.GetDatabase();
        foreach (var hop in Topology.Stages)
            await database.ExecuteAsync("XGROUP", "CREATE", hop.Input!, "naive", "0", "MKSTREAM");
        await RedisBenchmarkTool.FillAsync(server, StreamNames.MarketData, ticks);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Topology.Stages.Select(
            hop => Task.Run(() => HopAsync(database, hop.Input!, hop.Outputs[0], ticks))));
        return ticks / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task HopAsync(IDatabase database, string input, string output, int ticks)
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

            foreach (var entry in (RedisResult[])((RedisResult[])((RedisResult[])answer!)[0]!)[1]!)
            {
                var pair = (RedisResult[])entry!;
                object[] append = [output, "*", .. ((RedisResult[])pair[1]!).Select(word => (object)(string)word!)];
                await database.ExecuteAsync("XADD", append);
                await database.ExecuteAsync("XACK", input, "naive", (string)pair[0]!);
                done++;
            }
        }
    }
}

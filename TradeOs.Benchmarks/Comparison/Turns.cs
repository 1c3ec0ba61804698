using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>Rounds in which every side has its turn on a server of its own.</summary>
internal static class Turns
{
    /// <summary>Measures so many rounds, saying which one it is at.</summary>
    public static async Task<List<T>> OfAsync<T>(int rounds, string what, Func<Task<T>> measure)
    {
        var results = new List<T>();
        for (var round = 1; round <= rounds; round++)
        {
            Terminal.Say("blue", "benchmark:", rounds > 1 ? $"{what}, round {round} of {rounds}" : what);
            results.Add(await measure());
        }

        return results;
    }

    /// <summary>Measures on a new server, which ends behind it.</summary>
    public static async Task<T> OnServerAsync<T>(Func<BenchmarkServer, Task<T>> measure)
    {
        await using var server = await BenchmarkServer.StartAsync();
        return await measure(server);
    }
}

using System.Diagnostics;
using static TradeOs.Benchmarks.Turns;

namespace TradeOs.Benchmarks;

/// <summary>How soon a host works: from its start, and from Redis' first answer after an outage.</summary>
internal static class StartPart
{
    private static readonly TimeSpan OutageLength = TimeSpan.FromSeconds(1);

    public static async Task<IEnumerable<Figure>> MeasureAsync(ComparisonArguments asked)
    {
        var rounds = await OfAsync(asked.Rounds, "start, and Redis back", async () =>
        {
            var began = Stopwatch.GetTimestamp();
            await using var host = RunningHost.Start(OutageKind.Killed);
            await host.UntilMovingAsync();
            var start = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            return (Start: start, Back: await host.OutageAsync(OutageLength));
        });
        return
        [
            Figure.Of("start of the host to first commits", rounds.Select(round => round.Start), "ms"),
            Figure.Of("Redis back to first commits, all readers open", rounds.Select(round => round.Back), "ms"),
        ];
    }
}

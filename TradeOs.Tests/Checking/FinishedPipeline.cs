using NUnit.Framework;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Checking;

/// <summary>A recording that went through the real executable into a real Redis, with everything else that may be
/// there: outside signals, refused rows, dead letters open, dropped and requeued.</summary>
internal static class FinishedPipeline
{
    /// <summary>Rows enough for a dozen round trips; few enough to check them some thousand times.</summary>
    private const int Rows = 8000;

    private const string Signal =
        "symbol OTHER strategy outside price 100 bid 100 ask 100 volume 1000 confidence 1 reason r atr 0.1";

    private static readonly Lazy<Task<PipelineCopy>> Made = new(MakeOnceAsync);

    /// <summary>The same for everybody: whoever changes it clones it first.</summary>
    public static Task<PipelineCopy> MakeAsync() => Made.Value;

    private static async Task<PipelineCopy> MakeOnceAsync()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await MakeAsync(server, data);
        return await PipelineCopy.TakeAsync(server.Options);
    }

    public static async Task MakeAsync(RedisServerProcess server, TemporaryDirectory data)
    {
        var rows = Recorded.Lines(Recorded.BtcSpot).Take(Rows).ToList();
        rows.Insert(100, "7,not a price,1,1,1723161234000,true,true");
        var file = data["BTCUSDT-trades-part.csv"];
        await File.WriteAllLinesAsync(file, rows);
        await RunAsync(server, data, $"binance-trades:{file}");
        await AddAsync(
            server, StreamNames.MarketData, "at never source x symbol Z kind trade price 1 qty 1 side buy trade_id 1");
        foreach (var (at, side) in (IEnumerable<(int, string)>)
            [(1, "buy"), (2, "sell"), (2, "sell"), (3, "buy"), (9, "down"), (9, "up")])
            await AddAsync(server, StreamNames.SignalsRaw, $"at 2024-08-09T0{at}:00:00Z side {side} {Signal}");
        await RunAsync(server, data, "none");
        await OrderAsync(server, data);
        string[] where = ["--redis", server.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path];
        var found = await PipelineCopy.TakeAsync(server.Options);
        var ofSignals = found.Streams[StreamNames.DeadLetters]
            .Where(entry => Stages.TestText.Of(entry, "stage") == "signal-qualifier").Select(entry => $"{entry.Id}")
            .ToList();
        var requeued = await TradeOsProcess.RunAsync(
            ["dead", "requeue", ofSignals[0], "--set", "side=sell", "--reason", "mended", .. where]);
        var dropped = await TradeOsProcess.RunAsync(["dead", "drop", ofSignals[1], "--reason", "a test", .. where]);
        Assert.That((requeued.ExitCode, dropped.ExitCode), Is.EqualTo((0, 0)), $"{requeued}{dropped}");
        await RunAsync(server, data, "none");
    }

    /// <summary>Changes of the control flag, each obeyed before the next.</summary>
    private static async Task OrderAsync(RedisServerProcess server, TemporaryDirectory data)
    {
        string[] where = ["--redis", server.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path];
        foreach (var verb in (IEnumerable<string>)["halt", "reduce-only", "resume"])
        {
            var ordered = await TradeOsProcess.RunAsync([verb, "--reason", $"to test {verb}", .. where]);
            Assert.That(ordered.ExitCode, Is.Zero, ordered.ToString());
            await RunAsync(server, data, "none");
        }
    }

    public static async Task RunAsync(RedisServerProcess server, TemporaryDirectory data, string feed)
    {
        var result = await RealDataTests.RunAsync(server, data, feed);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
    }

    private static Task<string> AddAsync(RedisServerProcess server, string stream, string fields) =>
        server.CliAsync(["XADD", stream, "*", .. fields.Split(' ')]);
}

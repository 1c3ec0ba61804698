using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>kill -9 in the middle, again and again: nothing is lost and nothing is done twice.</summary>
[TestFixture]
public sealed class KillTests
{
    private const int Rows = 19_904;
    private const string KillMissed = "the kill must land while the pipeline moves";

    [Test]
    public async Task Host_KilledTwentyTimesWhileItMoves_GivesTheSameStreams()
    {
        const int kills = 20;
        var random = new Random(Seed.Next());
        var expected = await UndisturbedAsync();
        await using var redis = await RedisServerProcess.StartAsync();
        using var control = await ControlConnection.ConnectAsync(redis.Options, CancellationToken.None);
        using var data = new TemporaryDirectory();
        var before = 0L;
        for (var kill = 0; kill < kills; kill++)
        {
            await using var host = TradeOsProcess.Start(Arguments(redis, data));
            var at = before + random.Next(200, Rows / (kills + 4));
            var position = await ReachAsync(control, host, at);
            await host.KillAsync();
            position = await LengthAsync(control);
            var metrics = await StreamEntries.LengthAsync(control, StreamNames.Metrics);
            TestContext.Out.WriteLine($"kill {kill + 1}: host at {position} of {Rows} rows, metrics {metrics}");
            Assert.That(position, Is.GreaterThan(before).And.LessThan(Rows), KillMissed);
            before = position;
        }

        var result = await TradeOsProcess.RunAsync(Arguments(redis, data));

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Digests, Is.EqualTo(expected));
    }

    [Test]
    public async Task Redis_KilledFiveTimesWhileThePipelineMoves_GivesTheSameStreams()
    {
        const int kills = 5;
        var random = new Random(Seed.Next());
        var expected = await UndisturbedAsync();
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await using var host = TradeOsProcess.Start(Arguments(redis, data));
        var before = 0L;
        for (var kill = 0; kill < kills; kill++)
        {
            using (var control = await ControlConnection.ConnectAsync(redis.Options, CancellationToken.None))
            {
                var position = await ReachAsync(control, host, before + random.Next(1000, Rows / (kills + 1)));
                TestContext.Out.WriteLine($"kill {kill + 1}: redis at {position} of {Rows} rows");
                Assert.That(position, Is.GreaterThan(before).And.LessThan(Rows), KillMissed);
                before = position;
            }

            await redis.KillAsync();
            await redis.RestartAsync();
        }

        var result = await host.EndAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Digests, Is.EqualTo(expected));
        var pauses = result.Error.Split('\n').Count(line => line.Contains("Paused:", StringComparison.Ordinal));
        Assert.That(pauses, Is.InRange(1, 2 * kills));
    }

    /// <summary>What the comparison would show if a stage's position were not kept together with its outputs.</summary>
    [Test]
    public async Task Control_PositionLostAfterAKill_ShowsInTheStreams()
    {
        var expected = await UndisturbedAsync();
        await using var redis = await RedisServerProcess.StartAsync();
        using var control = await ControlConnection.ConnectAsync(redis.Options, CancellationToken.None);
        using var data = new TemporaryDirectory();
        await using (var host = TradeOsProcess.Start(Arguments(redis, data)))
        {
            await ReachAsync(control, host, Rows / 4);
            await host.KillAsync();
        }

        await redis.CliAsync("HSET", RedisKeys.Checkpoint("signal-qualifier"), "position", "0-0", "count", "0");
        await redis.CliAsync("HDEL", RedisKeys.Checkpoint("signal-qualifier"), "digest", "checksum");
        await redis.CliAsync("DEL", RedisKeys.State("signal-qualifier"));
        File.Delete(new MemoryFile(data.Path).FilePath);
        var result = await TradeOsProcess.RunAsync(Arguments(redis, data));

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        var differing = expected.Keys.Where(stream => result.Digests[stream] != expected[stream]).ToList();
        Assert.That(differing, Does.Contain(StreamNames.SignalsQualified).And.Contain(StreamNames.Fills));
        Assert.That(differing, Does.Not.Contain(StreamNames.MarketData));
    }

    private static async Task<IReadOnlyDictionary<string, string>> UndisturbedAsync()
    {
        var result = await TradeOsProcess.RunAsync(
            "run", "--bus", "memory", "--feed", $"binance-trades:{Recorded.File(Recorded.BtcSpot)}", "--until-idle",
            "--json");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        return result.Digests;
    }

    /// <summary>Small batches make the run long enough for every kill to land inside it.</summary>
    private static string[] Arguments(RedisServerProcess redis, TemporaryDirectory data) =>
    [
        "run", "--redis", redis.Endpoint, "--set", "Redis:Mode=External", "--set", "Pipeline:BatchCountMax=2",
        "--data", data.Path, "--feed", $"binance-trades:{Recorded.File(Recorded.BtcSpot)}", "--until-idle", "--json",
    ];

    /// <summary>Waits until the feed has come that far; the host must not end before.</summary>
    private static async Task<long> ReachAsync(ControlConnection control, TradeOsProcess host, long rows)
    {
        while (true)
        {
            var length = await LengthAsync(control);
            if (length >= rows) return length;
            Assert.That(host.HasExited, Is.False, $"the host ended at {length} rows: {host.Error}");
            await Task.Delay(1);
        }
    }

    private static Task<long> LengthAsync(ControlConnection control) =>
        StreamEntries.LengthAsync(control, StreamNames.MarketData);
}

using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>The simple live door: rows piped into the real executable.</summary>
[TestFixture]
public sealed class StandardInputTests
{
    private const string Feed = "binance-trades:-,symbol=BTCUSDT";

    [Test]
    public async Task Run_RowsPipedIn_AreInTheStreamWhileThePipeStaysOpen()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await using var host = Start(redis, data, "--until-idle", "--json");

        for (var id = 1; id <= 3; id++)
        {
            await host.WriteAsync($"{id},61000.5,0.01,610,{1723161255342 + id},True,True\n");
            await Poll.UntilAsync(async () => await redis.CliAsync("XLEN", StreamNames.MarketData) == $"{id}");
        }

        Assert.That(host.HasExited, Is.False);
        host.CloseInput();
        var result = await host.EndAsync();
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Entries[StreamNames.MarketData], Is.EqualTo(3));
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task Run_SignalledWhileThePipeIsSilent_Stops(string signal)
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await using var host = Start(redis, data);
        await host.WriteAsync("1,61000.5,0.01,610,1723161255342,True,True\n");
        await Poll.UntilAsync(async () => await redis.CliAsync("XLEN", StreamNames.MarketData) == "1");

        await host.SignalAsync(signal);
        var result = await host.EndAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Error, Does.Contain("Stopped at 1 rows of the feed"));
    }

    private static TradeOsProcess Start(RedisServerProcess redis, TemporaryDirectory data, params string[] more) =>
        TradeOsProcess.StartWithInput(
        [
            "run", "--redis", redis.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path, "--feed", Feed,
            .. more,
        ]);
}

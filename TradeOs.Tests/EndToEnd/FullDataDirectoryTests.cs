using NUnit.Framework;
using TradeOs.Tests.Chaos;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A host whose data directory takes no more goes on, says so once, and keeps all it knows when it
/// can.</summary>
[TestFixture]
public sealed class FullDataDirectoryTests
{
    [Test]
    public async Task Run_TheDataDirectoryTakesNoMore_GoesOnAndSaysSoOnce()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        using var orders = await PreloadedOrders.CreateAsync();
        var program = TradeOsProgram.Shipped;
        foreach (var (name, value) in orders.Environment) program = program.With(name, value);
        await using var host = TradeOsProcess.Start(
            program, "run", "--redis", redis.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path, "--feed",
            "simulated:rate=200");
        await SaidAsync(host, "runs anew");
        orders.FailWrites(PreloadedOrders.NoSpace);
        await SaidAsync(host, "cannot be kept");
        var rows = await RowsAsync(redis);
        await Poll.UntilAsync(async () => await RowsAsync(redis) > rows + 500);
        orders.FailWrites(0);
        await SaidAsync(host, "is kept in");
        await host.SignalAsync("TERM");
        var end = await host.EndAsync();

        Assert.That(end.ExitCode, Is.Zero, end.ToString());
        Assert.That(end.Error.Split("cannot be kept"), Has.Length.EqualTo(2), end.Error);
        Assert.That(end.Error, Does.Match("cannot be kept in .*memory.json: No space left on device"));
        Assert.That(await File.ReadAllTextAsync(data["memory.json"]), Does.Contain("market_data.raw"));
    }

    private static Task SaidAsync(TradeOsProcess host, string words) => Poll.UntilAsync(() => Task.FromResult(
        host.HasExited ? throw new InvalidOperationException(host.Error)
            : host.Error.Contains(words, StringComparison.Ordinal)));

    private static async Task<long> RowsAsync(RedisServerProcess redis) => long.Parse(
        await redis.CliAsync("XLEN", "market_data.raw"), System.Globalization.CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>The service as a supervisor sees it: signals, a managed Redis that dies, the verbs that look.</summary>
[TestFixture]
public sealed class ServiceTests
{
    [TestCase("TERM")]
    [TestCase("INT")]
    public async Task Run_Signalled_StopsWithNothingPendingAndRedisLast(string signal)
    {
        using var data = new TemporaryDirectory();
        var endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}";
        await using var host = StartManaged(data, endpoint, "simulated:rate=max");
        await UntilMetricsAsync(endpoint);

        await host.SignalAsync(signal);
        var result = await host.EndAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Error.TrimEnd(), Does.EndWith("stopped."), "Redis is the last to go");
        var status = await TradeOsProcess.RunAsync("status", "--redis", endpoint);
        Assert.That(status.ExitCode, Is.EqualTo(2), "the managed server must be gone");
    }

    [Test]
    public async Task Run_KeepRedis_LeavesItForRedisCliAndTheNextRunStopsIt()
    {
        using var data = new TemporaryDirectory();
        var endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}";
        string[] run =
        [
            "run", "--redis", endpoint, "--set", "Redis:Mode=Managed", "--data", data.Path,
            "--feed", "simulated:count=500,rate=max", "--until-idle",
        ];

        var kept = await TradeOsProcess.RunAsync([.. run, "--keep-redis"]);
        var rows = await RedisCli.RunAsync(endpoint, "XLEN", StreamNames.MarketData);
        var stopped = await TradeOsProcess.RunAsync(run);
        var afterwards = await RedisCli.RunAsync(endpoint, "PING");

        Assert.That((kept.ExitCode, stopped.ExitCode), Is.EqualTo((0, 0)), stopped.ToString());
        Assert.That(rows.Trim(), Is.EqualTo("500"));
        Assert.That(stopped.Error, Does.Contain("Attached to the managed Redis").And.Contain("--keep-redis"));
        Assert.That(afterwards, Does.Not.Contain("PONG"));
    }

    [Test]
    public async Task Run_ManagedRedisKilled_IsStartedAgainAndThePipelineGoesOn()
    {
        using var data = new TemporaryDirectory();
        var endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}";
        await using var host = StartManaged(data, endpoint, "simulated:rate=500");
        await UntilMetricsAsync(endpoint);
        var before = await RowsAsync(endpoint);

        await KillServerAsync(endpoint);
        await Poll.UntilAsync(async () => await RowsAsync(endpoint) > before + 100);
        await host.SignalAsync("TERM");
        var result = await host.EndAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Error, Does.Contain("ended unexpectedly").And.Contain("Resumed:"));
    }

    [Test]
    public async Task Look_WhileItRuns_ShowsItHealthyAndAfterwardsNot()
    {
        await using var redis = await RedisServerProcess.StartAsync("--bind", "127.0.0.1", "--save", "");
        using var data = new TemporaryDirectory();
        string[] where = ["--redis", redis.Endpoint, "--data", data.Path];
        await using var host = TradeOsProcess.Start(
            ["run", "--set", "Redis:Mode=External", "--feed", "simulated:rate=200", .. where]);
        await UntilMetricsAsync(redis.Endpoint);

        var status = await TradeOsProcess.RunAsync(["status", .. where]);
        var json = await TradeOsProcess.RunAsync(["status", "--json", .. where]);
        var doctor = await TradeOsProcess.RunAsync(["doctor", .. where]);
        var tail = await TradeOsProcess.RunAsync(["tail", "metrics.snapshot", "-n", "1", .. where]);
        await host.KillAsync();
        var afterwards = await TradeOsProcess.RunAsync(["status", .. where]);

        Assert.That((status.ExitCode, status.Output), Is.EqualTo((0, status.Output)), status.ToString());
        Assert.That(status.Output, Does.Contain($"{Environment.MachineName}:{host.Id}").And.Contain("Healthy."));
        Assert.That(json.Output, Does.StartWith("{").And.Contain("\"healthy\": true"));
        Assert.That(doctor.ExitCode, Is.Zero, doctor.ToString());
        Assert.That(tail.Output, Does.Contain("net_pnl="));
        Assert.That(afterwards.ExitCode, Is.EqualTo(1), afterwards.ToString());
        Assert.That(afterwards.Output, Does.Contain("No host runs the pipeline"));
    }

    [Test]
    public async Task Run_StageThrows_StopsWithExitOneNamingStageStreamAndIdTwice()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await RealDataTests.RunAsync(redis, data, "simulated:count=3000,rate=max");
        const string state = "tradeos:state:signal-qualifier";
        foreach (var key in (await redis.CliAsync("HKEYS", state)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await redis.CliAsync("HSET", state, key, "{ not ours");
        await redis.CliAsync("HDEL", "tradeos:checkpoint:signal-qualifier", "digest", "sum");
        var before = await redis.CliAsync("XLEN", StreamNames.SignalsQualified);

        var first = await RealDataTests.RunAsync(redis, data, "simulated:count=6000,rate=max");
        var second = await RealDataTests.RunAsync(redis, data, "simulated:count=6000,rate=max");

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((1, 1)), first.ToString());
        Assert.That(first.Error, Does.Match("signal-qualifier failed at signals.raw/[0-9]+-[0-9]+: JsonException"));
        var failed = first.Error.Split('\n').First(line => line.Contains("failed at", StringComparison.Ordinal));
        Assert.That(second.Error, Does.Contain(failed), "it must stop at the same place");
        var after = await redis.CliAsync("XLEN", StreamNames.SignalsQualified);
        Assert.That(after, Is.EqualTo(before), "nothing was skipped");
    }

    [Test]
    public async Task Doctor_ServerThatWouldLoseData_ExitsOneWithTheCure()
    {
        await using var redis = await RedisServerProcess.StartAsync("--appendfsync", "everysec");

        var result = await TradeOsProcess.RunAsync("doctor", "--redis", redis.Endpoint);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(
            result.Output, Does.Contain("appendfsync is \"everysec\"").And.Contain("CONFIG SET appendfsync always"));
    }

    [Test]
    public async Task Tail_UnknownStream_NamesThoseThereAre()
    {
        var result = await TradeOsProcess.RunAsync("tail", "fils");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("'fils' is not a stream").And.Contain("metrics.snapshot"));
    }

    [Test]
    public async Task ConfigShow_MasksSecretsAndSaysWhereEachValueComesFrom()
    {
        var result = await TradeOsProcess.RunAsync(
            "config", "show", "--set", "Redis:Password=secret", "--redis", "127.0.0.1:7000");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Not.Contain("secret").And.Contain("********"));
        var endpoint = result.Output.Split('\n')
            .First(line => line.Contains("Redis:Endpoint", StringComparison.Ordinal));
        Assert.That(endpoint, Does.Contain("127.0.0.1:7000").And.Contain("--redis"));
    }

    private static TradeOsProcess StartManaged(TemporaryDirectory data, string endpoint, string feed) =>
        TradeOsProcess.Start(
            "run", "--redis", endpoint, "--set", "Redis:Mode=Managed", "--data", data.Path, "--feed", feed);

    private static Task UntilMetricsAsync(string endpoint) =>
        Poll.UntilAsync(async () => await RedisCli.RunAsync(endpoint, "XLEN", StreamNames.Metrics) is not ("" or "0"));

    private static async Task<long> RowsAsync(string endpoint)
    {
        var count = await RedisCli.RunAsync(endpoint, "HGET", "tradeos:checkpoint:feed", "count");
        return long.TryParse(count, CultureInfo.InvariantCulture, out var rows) ? rows : 0;
    }

    private static async Task KillServerAsync(string endpoint)
    {
        const string title = "process_id:";
        var facts = (await RedisCli.RunAsync(endpoint, "INFO", "server")).Split('\n', StringSplitOptions.TrimEntries);
        var id = facts.First(line => line.StartsWith(title, StringComparison.Ordinal))[title.Length..];
        using var server = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
        server.Kill();
    }
}

using System.Text.Json;
using NUnit.Framework;

namespace TradeOs.Tests.EndToEnd;

/// <summary><c>readers</c> and <c>trim plan</c> beside a host that runs: who holds what is said everywhere.</summary>
[TestFixture]
public sealed class ReadersVerbTests
{
    private static readonly string[] Small =
        ["--set", "Pipeline:BatchCountMax=16", "--set", "Streams:market_data.raw:MaxLength=200"];

    private RedisServerProcess _redis = null!;
    private TemporaryDirectory _data = null!;

    private string[] Where =>
        ["--redis", _redis.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path, .. Small];

    private string Note => Path.Combine(_data.Path, "standstill.json");

    [SetUp]
    public async Task StartAsync()
    {
        _redis = await RedisServerProcess.StartAsync();
        _data = new TemporaryDirectory();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _redis.DisposeAsync();
        _data.Dispose();
    }

    [Test]
    public async Task AnOutsideReaderStuck_StopsTheFeedIsNamedEverywhereAndResumesWhenItMoves()
    {
        await using var host = TradeOsProcess.Start(["run", "--feed", "simulated:rate=max", .. Where]);
        await Poll.UntilAsync(async () => host.HasExited ? throw new InvalidOperationException(host.Error)
            : await LengthAsync() > 100);
        var added = await VerbAsync("readers", "add", "python", "--stream", "market_data.raw");
        await Poll.UntilAsync(() => Task.FromResult(File.Exists(Note)));
        var unread = await UnreadAsync();
        var status = await VerbAsync("status");
        var list = await VerbAsync("readers", "list", "--json");
        var plan = await VerbAsync("trim", "plan");
        var stuckAt = await LengthAsync();

        var last = (await _redis.CliAsync("XREVRANGE", "market_data.raw", "+", "-", "COUNT", "1")).Split('\n')[0];
        await _redis.CliAsync("HSET", "tradeos:offset:python", "position", last);
        await Poll.UntilAsync(async () => await UnreadAsync() > unread);
        var removed = await VerbAsync("readers", "remove", "python");
        await Poll.UntilAsync(() => Task.FromResult(!File.Exists(Note)));

        Assert.That((added.ExitCode, removed.ExitCode), Is.EqualTo((0, 0)), $"{added}{removed}");
        Assert.That(added.Error, Does.Contain("redis-cli HSET tradeos:offset:python position ID"));
        Assert.That((status.ExitCode, plan.ExitCode), Is.EqualTo((1, 1)), $"{status}{plan}");
        Assert.That(stuckAt, Is.GreaterThan(200 - 16).And.LessThanOrEqualTo(200));
        Assert.That(status.Output, Does.Match(
            "feed waits for room since [-0-9]+ [:0-9]+Z: market_data.raw held by outside:python is full"));
        Assert.That(
            plan.Output, Does.Contain("market_data.raw is full: a writer with 16 entries waits for outside:python."));
        Assert.That(host.Error, Does.Contain("feed waits for room: market_data.raw held by outside:python is full."));
        var python = JsonDocument.Parse(list.Output).RootElement.GetProperty("readers").GetProperty("python");
        Assert.That(python.GetProperty("lag").GetInt64(), Is.EqualTo(stuckAt));
        Assert.That(python.GetProperty("state").GetString(), Does.StartWith("holds market_data.raw since "));
        Assert.That(host.HasExited, Is.False, host.Error);
    }

    [Test]
    public async Task AnOutsideReaderThatLostEntries_IsAFindingAndStopsNothing()
    {
        await RunAsync("simulated:count=150,rate=max");
        var group = await _redis.CliAsync("XGROUP", "CREATE", "market_data.raw", "mine", "0");
        await VerbAsync("readers", "add", "python", "--stream", "market_data.raw", "--group", "mine");
        await _redis.CliAsync("XTRIM", "market_data.raw", "MAXLEN", "=", "50");

        var before = await VerbAsync("doctor");
        var run = await RunAsync("simulated:count=60,rate=max,seed=2");
        var after = await VerbAsync("doctor");
        await VerbAsync("readers", "remove", "python");
        var cured = await VerbAsync("doctor");

        Assert.That((group, run.ExitCode), Is.EqualTo(("OK", 0)), run.ToString());
        Assert.That((before.ExitCode, after.ExitCode, cured.ExitCode), Is.EqualTo((1, 1, 0)), $"{before}{cured}");
        foreach (var doctor in (TradeOsResult[])[before, after])
        {
            Assert.That(doctor.Output, Does.Contain("outside-lost").And.Contain(
                "market_data.raw is \"entries gone: 100\", expected every entry outside reader python is not done"));
        }
    }

    [TestCase("readers add python --stream fils", 2, "unknown stream 'fils'; the streams are market_data.raw, ")]
    [TestCase("readers add Python --stream fills", 2, "'Python' cannot be the name of an outside reader, expected 1")]
    [TestCase("readers add feasibility --stream fills", 2, "'feasibility' cannot be the name of an outside reader")]
    [TestCase("readers add a --stream fills --group execution", 2, "--group is a group of the pipeline, expected one")]
    [TestCase("readers add a --stream fills --on-stuck drop", 2, "'drop'")]
    [TestCase("readers add a --stream fills --release-after 00:00:00", 2, "--release-after expects a time from")]
    [TestCase("readers add a --stream fills --group nobody", 1, "a is not added to fills: the consumer group nobody")]
    [TestCase("readers remove nobody", 1, "there is no outside reader nobody; see tradeos readers list.")]
    [TestCase("readers", 2, "expected one of list, add, remove.")]
    public async Task AWrongCommand_SaysWhatWasExpected(string command, int exitCode, string message)
    {
        await RunAsync("simulated:count=20,rate=max");

        var result = await VerbAsync(command.Split(' '));

        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.ToString());
        Assert.That(result.Error, Does.Contain(message));
        Assert.That(await _redis.CliAsync("EXISTS", "tradeos:outside"), Is.EqualTo("0"));
    }

    [Test]
    public async Task Run_StreamsThatWouldNotFitTheBudget_IsRefusedNamingTotalBudgetAndTheLargest()
    {
        var run = await VerbAsync("run", "--feed", "none", "--until-idle", "--set", "Redis:MemoryBudget=100000000");
        var show = await VerbAsync("config", "show", "--json", "--set", "Redis:MemoryBudget=100000000");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.ToString());
        Assert.That(run.Error, Does.Match(
            "the streams would take [0-9]+ bytes when each is full, Redis:MemoryBudget is 100000000. trade.approved " +
            "takes the most, 55000000: give it a smaller Streams:trade.approved:MaxLength or a MaxBytes, or raise"));
        var memory = JsonDocument.Parse(show.Output).RootElement.GetProperty("memory");
        Assert.That(memory.GetProperty("within_budget").GetBoolean(), Is.False);
        Assert.That(run.Error, Does.Contain($"would take {memory.GetProperty("bytes").GetInt64()} bytes"));
    }

    private Task<TradeOsResult> VerbAsync(params string[] verb) => TradeOsProcess.RunAsync([.. verb, .. Where]);

    private Task<TradeOsResult> RunAsync(string feed) =>
        RealDataTests.RunAsync(_redis, _data, feed, Small);

    private async Task<long> LengthAsync() =>
        long.Parse(await _redis.CliAsync("XLEN", "market_data.raw"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<long> UnreadAsync()
    {
        var count = await _redis.CliAsync("HGET", "tradeos:checkpoint:outside:python", "count");
        return long.Parse(count, System.Globalization.CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A stage that throws stops the host at the very entry; <c>tradeos skip</c> goes on behind.</summary>
/// <remarks>Real stages are made to throw by numbers no run leads to, put into their state meanwhile.</remarks>
[TestFixture]
public sealed class SkipTests
{
    private const string Holding = "\"holding\":{\"entryPrice\":1,\"range\":0.0001,\"bars\":2147483647}";

    private static readonly string[] Because = ["--reason", "waits for release 2"];

    private RedisServerProcess _redis = null!;
    private TemporaryDirectory _data = null!;

    private string[] Where => ["--redis", _redis.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path];

    [SetUp]
    public async Task StartAsync()
    {
        _redis = await RedisServerProcess.StartAsync();
        _data = new TemporaryDirectory();
        var run = await RunAsync("simulated:count=3000,rate=max");
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _redis.DisposeAsync();
        _data.Dispose();
    }

    [TestCase("signal-engine", "SIM001:strategies",
        "{\"range\":{\"close\":81,\"average\":{\"value\":1}},\"emaCross\":{" + Holding + "}}")]
    [TestCase("intent-planner", ":shared", "{\"intents\":9223372036854775807}")]
    [TestCase("feasibility", ":shared",
        "{\"intents\":{\"largest\":0,\"leftOut\":[]},\"orders\":9223372036854775807,\"exposure\":0,\"entries\":[]}")]
    [TestCase("metrics-publisher", ":shared", "{\"trades\":9223372036854775807,\"wins\":0,\"grossPnl\":0,\"fees\":0," +
        "\"profits\":0,\"losses\":0,\"openGain\":0,\"peak\":100000,\"maxDrawdown\":0,\"returns\":{\"count\":1," +
        "\"mean\":0,\"squares\":0}}")]
    public async Task Skip_StageThatThrew_GoesOnBehindThatEntryAlone(string stage, string key, string absurd)
    {
        var stream = Topology.Reader(stage).Input!;
        var state = RedisKeys.State(stage);
        var sane = await _redis.CliAsync("HGET", state, key);
        await EditAsync(stage, key, absurd);

        var failed = await RunAsync("simulated:count=6000,rate=max");
        var again = await RunAsync("simulated:count=6000,rate=max");
        var id = FailedAt(failed, stage);
        var count = await CountAsync(stage);

        Assert.That((failed.ExitCode, again.ExitCode), Is.EqualTo((1, 1)), failed.ToString());
        Assert.That(failed.Error, Does.Contain($"{stage} failed at {stream}/{id}: OverflowException"));
        Assert.That(FailedAt(again, stage), Is.EqualTo(id), "it must stop at the same place");
        Assert.That(failed.Error, Does.Contain($"tradeos skip {stage} {id} --reason WHY"));
        Assert.That(await IdBeforeAsync(stream, id), Is.EqualTo(await PositionAsync(stage)), "what was before landed");

        var dry = await SkipAsync(stage, id, "--dry-run");
        Assert.That((dry.ExitCode, dry.Output.Trim()), Is.EqualTo((0, $"{stage} would skip {stream}/{id}")), $"{dry}");
        Assert.That(await CountAsync(stage), Is.EqualTo(count), "a dry run writes nothing");
        var skip = await SkipAsync(stage, id, "--json");
        Assert.That(skip.ExitCode, Is.Zero, skip.ToString());
        var said = JsonDocument.Parse(skip.Output).RootElement;
        Assert.That(said.GetProperty("skipped").GetBoolean(), Is.True);
        Assert.That((await PositionAsync(stage), await CountAsync(stage)), Is.EqualTo((id, count + 1)));

        await EditAsync(stage, key, sane);
        var mended = await RunAsync("simulated:count=6000,rate=max");
        Assert.That(mended.ExitCode, Is.Zero, mended.ToString());
        await AssertRecordedOnceAsync(stage, stream, id, said.GetProperty("letter").GetString()!);
    }

    [Test]
    public async Task Run_StateThatIsNoState_StopsNamingKeyAndFieldAndOffersNoSkip(
        [Values("{ not ours", "null")] string found)
    {
        const string state = "tradeos:state:execution";
        await EditAsync("execution", ":shared", found);

        var first = await RunAsync("simulated:count=6000,rate=max");
        var second = await RunAsync("simulated:count=6000,rate=max");

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((1, 1)), first.ToString());
        var id = FailedAt(first, "execution");
        Assert.That(first.Error, Does.Contain(
            $"execution failed at trade.approved/{id}: its state in {state}, field ':shared', is \"{found}\", " +
            "expected JSON as the stage writes it."));
        Assert.That(first.Error, Does.Contain("restore the data of this server").And.Not.Contain("tradeos skip"));
        Assert.That(FailedAt(second, "execution"), Is.EqualTo(id));
        Assert.That(await IdBeforeAsync("trade.approved", id), Is.EqualTo(await PositionAsync("execution")));
    }

    [Test]
    public async Task Skip_AnythingButTheNextEntry_IsRefusedNamingIt()
    {
        var done = await PositionAsync("feasibility");
        var nothing = await SkipAsync("feasibility", done);
        var next = await _redis.CliAsync("XADD", StreamNames.TradeIntents, "*", "intent_id", "x");
        var later = await _redis.CliAsync("XADD", StreamNames.TradeIntents, "*", "intent_id", "y");
        var before = await SkipAsync("feasibility", done);
        var behind = await SkipAsync("feasibility", later, "--json");
        var unknown = await SkipAsync("feasibility", "9-9");

        Assert.That(
            (nothing.ExitCode, before.ExitCode, behind.ExitCode, unknown.ExitCode), Is.EqualTo((1, 1, 1, 1)),
            $"{nothing}{before}{behind}{unknown}");
        Assert.That(nothing.Error, Does.Contain("there is nothing to skip. Nothing was written."));
        Assert.That(
            before.Error, Does.Contain($"trade.intents/{done}: was processed before; feasibility is at {done}"));
        Assert.That(before.Error, Does.Contain($"If that is meant: tradeos skip feasibility {next} --reason WHY"));
        Assert.That(behind.Output, Does.Contain("\"skipped\": false").And.Contain(
            $"is not the entry that feasibility reads next; it is at {done}, expected its next one, {next}."));
        Assert.That(unknown.Error, Does.Contain("trade.intents/9-9: was processed before"));
        Assert.That(await _redis.CliAsync("XLEN", StreamNames.DeadLetters), Is.EqualTo("0"));
        Assert.That(await PositionAsync("feasibility"), Is.EqualTo(done));
    }

    [Test]
    public async Task Skip_Twice_SaysThatItWasSkippedAndAsWhichLetter()
    {
        var id = await _redis.CliAsync("XADD", StreamNames.SignalsRaw, "*", "text", "x");
        var first = await SkipAsync("signal-qualifier", id);
        var second = await SkipAsync("signal-qualifier", id);

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 1)), $"{first}{second}");
        Assert.That(first.Output.Trim(), Is.EqualTo($"signal-qualifier skipped signals.raw/{id}"));
        var letter = (await _redis.CliAsync("XRANGE", StreamNames.DeadLetters, "-", "+")).Split('\n')[0];
        Assert.That(first.Error, Does.Contain($"as dead letter {letter}").And.Contain($"dead requeue {letter}"));
        Assert.That(second.Error, Does.Contain($"was skipped before, as dead letter {letter}"));
        Assert.That(await _redis.CliAsync("XLEN", StreamNames.DeadLetters), Is.EqualTo("1"));
    }

    [Test]
    public async Task Skip_WhileAHostRuns_IsRefusedNamingIt()
    {
        await using var host = TradeOsProcess.Start(["run", "--feed", "none", .. Where]);
        await Poll.UntilAsync(async () =>
            (await _redis.CliAsync("HGET", RedisKeys.Host, "name")).EndsWith($":{host.Id}", StringComparison.Ordinal));

        var result = await SkipAsync("feasibility", "9-9", "--dry-run");

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Error, Does.Contain($"Host {Environment.MachineName}:{host.Id} runs the pipeline on Redis"));
        Assert.That(host.HasExited, Is.False);
    }

    /// <summary>A managed server stops with the host that failed; the command the host printed works all the
    /// same.</summary>
    [Test]
    public async Task Skip_ManagedServerStoppedWithItsHost_IsStartedForItAndStoppedAgain()
    {
        using var data = new TemporaryDirectory();
        string[] where =
        [
            "--redis", $"127.0.0.1:{RedisServerProcess.FreePort()}", "--data", data.Path, "--set", "Redis:Mode=Managed",
        ];
        await TradeOsProcess.RunAsync(["run", "--feed", "none", "--until-idle", "--keep-redis", .. where]);
        var id = await RedisCli.RunAsync(where[1], "XADD", StreamNames.Fills, "*", "text", "x");
        await RedisCli.RunAsync(where[1], "SHUTDOWN");

        var skip = await TradeOsProcess.RunAsync(["skip", "outcome-tracker", id, .. Because, .. where]);
        var status = await TradeOsProcess.RunAsync(["status", .. where]);
        var run = await TradeOsProcess.RunAsync(["run", "--feed", "none", "--until-idle", "--json", .. where]);

        Assert.That(skip.ExitCode, Is.Zero, skip.ToString());
        Assert.That(status.ExitCode, Is.EqualTo(2), "it must be stopped again");
        Assert.That(run.Entries[StreamNames.DeadLetters], Is.EqualTo(1), run.ToString());
    }

    [TestCase("feed", "1-0", "the feed reads no stream")]
    [TestCase("fesibility", "1-0", "'fesibility' is no stage, expected one of signal-engine, signal-qualifier")]
    [TestCase("feasibility", "last", "'last' is no id of an entry, expected one such as 1732-0")]
    public async Task Skip_WrongArguments_SaysWhatIsExpected(string stage, string id, string said)
    {
        var result = await SkipAsync(stage, id);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain(said));
    }

    [Test]
    public async Task Skip_WithoutAReason_IsRefused()
    {
        var missing = await TradeOsProcess.RunAsync(["skip", "feasibility", "1-0", .. Where]);
        var empty = await TradeOsProcess.RunAsync(["skip", "feasibility", "1-0", "--reason", " ", .. Where]);

        Assert.That((missing.ExitCode, empty.ExitCode), Is.EqualTo((2, 2)), $"{missing}{empty}");
        Assert.That(missing.Error, Does.Contain("--reason"));
        Assert.That(empty.Error, Does.Contain("--reason expects 1 to 200 characters"));
    }

    [Test]
    public async Task Skip_OfAnotherDirectoryOrServer_IsRefusedBeforeAnythingIsWritten()
    {
        using var other = new TemporaryDirectory();
        var absent = await TradeOsProcess.RunAsync(
            ["skip", "feasibility", "1-0", .. Because, "--data", other.Path, "--redis", _redis.Endpoint]);
        await _redis.CliAsync("SET", RedisKeys.Instance, "somebody else's");
        await _redis.CliAsync("XADD", StreamNames.TradeIntents, "99999999999999-0", "intent_id", "x");
        var foreign = await SkipAsync("feasibility", "99999999999999-0");

        Assert.That((absent.ExitCode, foreign.ExitCode), Is.EqualTo((3, 3)), $"{absent}{foreign}");
        Assert.That(absent.Error, Does.Contain("instance.json is absent, expected the data directory of a pipeline"));
        Assert.That(foreign.Error, Does.Contain("holds the instance id somebody else's"));
        Assert.That(await _redis.CliAsync("XLEN", StreamNames.DeadLetters), Is.EqualTo("0"));
    }

    private async Task AssertRecordedOnceAsync(string stage, string stream, string id, string letter)
    {
        var shown = await TradeOsProcess.RunAsync(["dead", "show", letter, .. Where]);
        Assert.That(shown.Output, Does.Contain($"skipped by operator: {Because[1]}").And.Contain($"{stream}/{id}"));
        Assert.That(await _redis.CliAsync("XLEN", StreamNames.DeadLetters), Is.EqualTo("1"));
        if (Topology.Reader(stage).Mode == ReadMode.Group)
            Assert.That(await _redis.CliAsync("XPENDING", stream, stage), Does.StartWith("0"));
        var requeued = await TradeOsProcess.RunAsync(["dead", "requeue", letter, "--reason", "mended", .. Where]);
        Assert.That(requeued.ExitCode, Is.Zero, requeued.ToString());
    }

    private Task<TradeOsResult> RunAsync(string feed) => RealDataTests.RunAsync(_redis, _data, feed);

    /// <summary>Changes a piece of state as somebody would who also takes away what would show it.</summary>
    private async Task EditAsync(string stage, string key, string value)
    {
        await _redis.CliAsync("HSET", RedisKeys.State(stage), key, value);
        await _redis.CliAsync("HDEL", RedisKeys.Checkpoint(stage), "digest", "checksum");
    }

    private Task<TradeOsResult> SkipAsync(string stage, string id, params string[] more) =>
        TradeOsProcess.RunAsync(["skip", stage, id, .. Because, .. Where, .. more]);

    private static string FailedAt(TradeOsResult run, string stage)
    {
        var mark = $"{stage} failed at {Topology.Reader(stage).Input}/";
        var at = run.Error.IndexOf(mark, StringComparison.Ordinal);
        Assert.That(at, Is.GreaterThanOrEqualTo(0), run.ToString());
        return run.Error[(at + mark.Length)..].Split(':')[0];
    }

    private Task<string> PositionAsync(string stage) =>
        _redis.CliAsync("HGET", RedisKeys.Checkpoint(stage), "position");

    private async Task<long> CountAsync(string stage) => long.Parse(
        await _redis.CliAsync("HGET", RedisKeys.Checkpoint(stage), "count"), CultureInfo.InvariantCulture);

    private async Task<string> IdBeforeAsync(string stream, string id) =>
        (await _redis.CliAsync("XREVRANGE", stream, "(" + id, "-", "COUNT", "1")).Split('\n')[0];
}

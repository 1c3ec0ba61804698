using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Chaos;

namespace TradeOs.Tests.EndToEnd;

/// <summary>What somebody else does between the look of <c>tradeos skip</c> and its commit: it says what it found, and
/// writes nothing.</summary>
[TestFixture]
public sealed class SkipRaceTests
{
    private RedisServerProcess _redis = null!;
    private TemporaryDirectory _data = null!;
    private WireProxy _wire = null!;
    private int _strikes;

    private string[] Where => ["--redis", _redis.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path];

    [SetUp]
    public async Task StartAsync()
    {
        (_redis, _data) = (await RedisServerProcess.StartAsync(), new TemporaryDirectory());
        (_wire, _strikes) = (new WireProxy(_redis.Port), 0);
        var run = await RunAsync();
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _wire.DisposeAsync();
        await _redis.DisposeAsync();
        _data.Dispose();
    }

    [TestCase("HSET tradeos:checkpoint:feasibility owner another", 3, "was opened by another host meanwhile")]
    [TestCase("SET tradeos:control x", 1, "tradeos:control changed meanwhile. Run the same again.")]
    [TestCase("CONFIG SET maxmemory 1", 1, "no room in Redis, which is at its maxmemory")]
    [TestCase("DEL dead.letters", 1, "dead.letters is gone or not a stream. tradeos doctor says more")]
    public async Task Skip_ServerChangedBeforeItsCommitArrives_SkipsNothingAndSaysWhy(
        string command, int exitCode, string said)
    {
        var id = await _redis.CliAsync("XADD", StreamNames.TradeIntents, "*", "text", "x");
        StrikeBefore(request => request.IsCommit, () => _redis.CliAsync(command.Split(' ')));

        var skip = await SkipAsync(id);
        await _redis.CliAsync("CONFIG", "SET", "maxmemory", "0");

        Assert.That((_strikes, skip.ExitCode), Is.EqualTo((1, exitCode)), skip.ToString());
        Assert.That(skip.Error, Does.Contain(said));
        Assert.That(await _redis.CliAsync("HGET", RedisKeys.Checkpoint("feasibility"), "count"), Is.EqualTo("0"));
        Assert.That(await _redis.CliAsync("XLEN", StreamNames.DeadLetters), Is.EqualTo("0"));
    }

    /// <summary>A host that came and went decided the entry: the one that follows is not what was meant.</summary>
    [Test]
    public async Task Skip_EntryDecidedByAHostMeanwhile_LeavesTheNextOneAlone()
    {
        var id = await _redis.CliAsync("XADD", StreamNames.TradeIntents, "*", "text", "x");
        StrikeBefore(request => request.Step == "- WATCH tradeos:host" || request.Step == "host WATCH tradeos:host",
            async () =>
            {
                await RunAsync();
                await _redis.CliAsync("XADD", StreamNames.TradeIntents, "*", "text", "y");
            });

        var skip = await SkipAsync(id);

        Assert.That((_strikes, skip.ExitCode), Is.EqualTo((1, 1)), skip.ToString());
        Assert.That(skip.Error, Does.Contain(
            "trade.intents changed meanwhile. Nothing was written; run the same again."));
        Assert.That(await _redis.CliAsync("HGET", RedisKeys.Checkpoint("feasibility"), "count"), Is.EqualTo("1"));
        Assert.That(await _redis.CliAsync("XLEN", StreamNames.DeadLetters), Is.EqualTo("1"), "the host's own");
    }

    /// <summary>Does something once, before the server gets that command.</summary>
    private void StrikeBefore(Func<WireRequest, bool> isMeant, Func<Task> strike) => _wire.Watch = async moment =>
    {
        if (moment.Phase != WirePhase.Sent || !isMeant(moment.Request)) return true;
        if (Interlocked.Increment(ref _strikes) == 1) await strike();
        return true;
    };

    private Task<TradeOsResult> RunAsync() =>
        TradeOsProcess.RunAsync(["run", "--feed", "none", "--until-idle", .. Where]);

    private Task<TradeOsResult> SkipAsync(string id) => TradeOsProcess.RunAsync(
    [
        "skip", "feasibility", id, "--reason", "a test", "--redis", _wire.Endpoint, "--set", "Redis:Mode=External",
        "--data", _data.Path,
    ]);
}

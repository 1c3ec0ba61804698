using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.Chaos;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A server that goes away when all is done takes nothing from the run but a moment.</summary>
[TestFixture]
public sealed class SummaryWaitTests
{
    [Test]
    public async Task Run_ConnectionLostUnderItsSummary_WaitsSaysSoAndEndsWell()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await using var wire = new WireProxy(redis.Port);
        var cuts = 0;
        // Only the summary asks for a state on a connection that is not that of its reader.
        wire.Watch = moment => new(
            moment.Phase != WirePhase.Sent || moment.Request.Reader == "archive:fills"
            || !moment.Request.Words.SequenceEqual(["HGETALL", RedisKeys.State("archive:fills")])
            || Interlocked.Increment(ref cuts) > 1);

        var run = await TradeOsProcess.RunAsync(
            "run", "--redis", wire.Endpoint, "--set", "Redis:Mode=External", "--data", data.Path,
            "--feed", "simulated:count=200,rate=max", "--until-idle", "--json");

        Assert.That((cuts > 1, run.ExitCode), Is.EqualTo((true, 0)), run.ToString());
        Assert.That(run.Error, Does.Contain("Everything is through; the summary waits a minute at most for Redis"));
        Assert.That(run.Digests, Has.Count.EqualTo(12));
    }
}

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.Chaos;

namespace TradeOs.Tests.EndToEnd;

/// <summary>What <c>halt</c>, <c>reduce-only</c> and <c>resume</c> will not do, and what they say then.</summary>
[TestFixture]
public sealed class ControlRefusalTests : ControlFixture
{
    [TestCase]
    [TestCase("--reason", "")]
    [TestCase("--reason", "a\u001b[2Jb")]
    public async Task Halt_WithoutAReasonPeopleCanRead_IsAWrongCommandLine(params string[] reason)
    {
        var result = await TradeOsProcess.RunAsync(["halt", .. reason, .. Where]);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("--reason"));
        Assert.That(await Server.CliAsync("EXISTS", RedisKeys.Control), Is.EqualTo("0"));
    }

    [Test]
    public async Task Halt_OnAServerThatWouldLoseDataOrIsNotOurs_IsRefusedAndWritesNothing()
    {
        await Server.CliAsync("CONFIG", "SET", "appendfsync", "everysec");
        var lossy = await VerbAsync("halt", "test");
        await Server.CliAsync("CONFIG", "SET", "appendfsync", "always");
        var foreign = await TradeOsProcess.RunAsync(
        [
            "halt", "--reason", "test", "--redis", Server.Endpoint, "--set", "Redis:Mode=External", "--data",
            Files["other"],
        ]);

        Assert.That((lossy.ExitCode, foreign.ExitCode), Is.EqualTo((3, 3)), lossy.ToString());
        Assert.That(lossy.Error, Does.Contain("appendfsync is \"everysec\", expected always"));
        Assert.That(foreign.Error, Does.Contain("instance.json is absent; expected the same in both"));
        Assert.That(await Server.CliAsync("EXISTS", RedisKeys.Control), Is.EqualTo("0"));
    }

    [Test]
    public async Task Halt_ByAUserWhoMayNotSet_IsRefused()
    {
        await Server.CliAsync("ACL", "SETUSER", "default", "-set");

        var result = await VerbAsync("halt", "test");
        await Server.CliAsync("ACL", "SETUSER", "default", "+set");

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Error, Does.Contain("this user may not SET tradeos:control. Nothing was written"));
    }

    [Test]
    public async Task Halt_OfAFlagThatIsAList_SaysHowToRemoveIt()
    {
        await Server.CliAsync("RPUSH", RedisKeys.Control, "x");

        var result = await VerbAsync("halt", "test");
        var run = await RunAsync();

        Assert.That((result.ExitCode, run.ExitCode), Is.EqualTo((1, 1)), result.ToString());
        Assert.That(result.Error, Does.Contain(
            "tradeos:control is a list, expected a text. Remove it with: redis-cli DEL tradeos:control, then"));
        Assert.That(run.Error, Does.Contain("tradeos:control is not a text, expected one that tradeos halt"));
    }

    [Test]
    public async Task Halt_WhereNoServerIs_CannotLook()
    {
        var result = await TradeOsProcess.RunAsync(
            "halt", "--reason", "test", "--redis", "127.0.0.1:1", "--set", "Redis:Mode=External", "--data",
            Files["data"]);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("Redis at 127.0.0.1:1 cannot be reached"));
    }

    /// <summary>Whether an order whose answer was lost is on disk is looked up; it is never given twice.</summary>
    [Test]
    public async Task Halt_AnswerLost_FindsThatItWasGivenAndSaysSo()
    {
        await using var wire = new WireProxy(Server.Port);
        var lost = 0;
        wire.Watch = moment => ValueTask.FromResult(
            moment.Phase != WirePhase.Answered || moment.Request.Command != "EVAL"
            || !moment.Request.Words.Contains(RedisKeys.Control) || Interlocked.Increment(ref lost) > 1);

        var result = await TradeOsProcess.RunAsync(
        [
            "halt", "--reason", "test", "--redis", wire.Endpoint, "--set", "Redis:Mode=External", "--data",
            Files["data"],
        ]);

        Assert.That((lost, result.ExitCode), Is.EqualTo((1, 0)), result.ToString());
        Assert.That(result.Output, Does.Contain("test (change 1). The order is on disk."));
        Assert.That(await Server.CliAsync("GET", RedisKeys.Control), Does.StartWith("mode=halted number=1 "));
    }

    [Test]
    public async Task Halt_SixAtOnce_AreOneChange()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => VerbAsync("halt", $"operator {number}")));

        Assert.That(all.Select(result => result.ExitCode), Is.All.Zero, all[0].ToString());
        Assert.That(
            all.Count(result => result.Output.Contains("The order is on disk.", StringComparison.Ordinal)),
            Is.EqualTo(1));
        Assert.That(await Server.CliAsync("GET", RedisKeys.Control), Does.StartWith("mode=halted number=1 "));
    }
}

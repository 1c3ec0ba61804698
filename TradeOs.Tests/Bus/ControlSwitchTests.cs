using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>The control flag is set by whoever saw the newest, on the server that was examined, or not at
/// all.</summary>
[TestFixture]
public sealed class ControlSwitchTests : RedisFixture
{
    [Test]
    public async Task Set_WithWhatStandsThere_IsSetAndWithAnythingElseChanged()
    {
        var first = await SetAsync("", "one");
        var late = await SetAsync("", "late");
        var second = await SetAsync("one", "two");

        Assert.That((first, late, second), Is.EqualTo((SwitchResult.Set, SwitchResult.Changed, SwitchResult.Set)));
        Assert.That(await Server.CliAsync("GET", RedisKeys.Control), Is.EqualTo("two"));
    }

    [Test]
    public async Task Set_OnAnotherServerProcessThanTheOneExamined_WritesNothing()
    {
        var result = await SetAsync("", "one", new string('0', 40));

        Assert.That(result, Is.EqualTo(SwitchResult.Restarted));
        Assert.That(await Server.CliAsync("EXISTS", RedisKeys.Control), Is.EqualTo("0"));
    }

    [Test]
    public async Task Set_WhereAnotherTypeStands_IsDamagedAndLeavesIt()
    {
        await Server.CliAsync("RPUSH", RedisKeys.Control, "x");

        var result = await SetAsync("", "one");

        Assert.That(result, Is.EqualTo(SwitchResult.Damaged));
        Assert.That(await Server.CliAsync("TYPE", RedisKeys.Control), Is.EqualTo("list"));
    }

    private async Task<SwitchResult> SetAsync(string before, string text, string? runId = null)
    {
        using var control = await ControlConnection.ConnectAsync(Server.Options, Cancel);
        runId ??= (await control.InfoAsync("server"))["run_id"];
        return (await new ControlSwitch(control, runId).SetAsync(before, text)).Result;
    }
}

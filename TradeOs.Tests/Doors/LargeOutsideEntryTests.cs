using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Bus;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>Entries as large as outsiders can make them: one dead letter each, bounded memory, and the line moves
/// on.</summary>
[TestFixture]
public sealed class LargeOutsideEntryTests : RedisFixture
{
    [TestCase(StreamNames.SignalsRaw)]
    [TestCase(StreamNames.TradeIntents)]
    public async Task Stage_ShownAnEntryOf100Megabytes_BuriesItAndGoesOn(string stream)
    {
        const int bytes = 100 * 1024 * 1024;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await StageRun.AddAsync(Server, stream, [GoodEntries.Of(stream, 0)]);
        var id = await Server.CliAsync(
            "EVAL", $"return redis.call('XADD', '{stream}', '*', 'at', '1', 'x', string.rep('y', {bytes}))", "0");

        var run = await RunAsync(stream, 1);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        await Server.CliAsync("XDEL", stream, id);
        var again = await RunAsync(stream, 2);

        Assert.That(run.Outputs, Has.Count.EqualTo(2));
        Assert.That(run.DeadLetters, Has.Count.EqualTo(1));
        Assert.That(TestText.Of(run.DeadLetters[0], "id"), Is.EqualTo(id));
        Assert.That(TestText.Of(run.DeadLetters[0], "error"), Does.Match(
            "^the entry has 1048576[0-9]{2} bytes, expected at most 65536; only the first [0-9]{4} were looked at$"));
        Assert.That(held, Is.LessThan(32 * 1024 * 1024), "nothing of its size is held");
        Assert.That(again.Outputs, Has.Count.EqualTo(3), "once it is a dead letter it may be deleted");
    }

    [Test]
    public async Task Stage_ShownABurstOfLargeEntries_BuriesEachOnceAndHoldsNone()
    {
        const int count = 200;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        const string stream = StreamNames.SignalsRaw;
        for (var number = 0; number < count; number++)
            await Server.CliAsync(
                "EVAL", $"return redis.call('XADD', '{stream}', '*', 'x', string.rep('y', 1048576))", "0");

        var run = await RunAsync(stream, 0);

        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(32 * 1024 * 1024));
        Assert.That(run.Outputs, Has.Count.EqualTo(1));
        Assert.That(run.DeadLetters.Select(letter => TestText.Of(letter, "id")).Distinct().Count(), Is.EqualTo(count));
        Assert.That(run.DeadLetters, Has.Count.EqualTo(count));
    }

    /// <summary>Adds one good entry and runs the stage until it has taken everything.</summary>
    private async Task<StageRun> RunAsync(string stream, int good)
    {
        await StageRun.AddAsync(Server, stream, [GoodEntries.Of(stream, good)]);
        return await StageRun.RestAsync(NewHost(), stream, new StageOptions());
    }
}

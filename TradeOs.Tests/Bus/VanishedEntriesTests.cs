using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Entries that hands other than ours took away are found; a group that was moved is put back.</summary>
[TestFixture]
public sealed class VanishedEntriesTests : RedisFixture
{
    [TestCase("0")]
    [TestCase("$")]
    public async Task Open_GroupMadeAnew_LosesAndDoublesNothing(string start)
    {
        using var bus = NewHost();
        await using (var reader = await bus.OpenAsync(Copy(ReadMode.Group), Cancel))
        {
            await AddAsync("a", "b");
            await reader.CommitAsync(await CopyOfAllAsync(reader), Cancel);
            await AddAsync("c", "d");
            await reader.ReadAsync(1, Moment, Cancel);
        }

        await Server.CliAsync("XGROUP", "DESTROY", "in", "copy");
        await Server.CliAsync("XGROUP", "CREATE", "in", "copy", start);

        await CopyUntilAsync(bus, ReadMode.Group, 4);

        Assert.That(await TextsAsync("out"), Is.EqualTo(["a", "b", "c", "d"]));
        Assert.That(await Server.CliAsync("XINFO", "GROUPS", "in"), Does.Contain("pending\n0\n").And.Contain("lag\n0"));
    }

    [Test]
    public async Task Open_AStrangerReadAndAcknowledgedInTheGroup_LosesNothing()
    {
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Group), Cancel)).DisposeAsync();
        await AddAsync("a", "b", "c");
        await Server.CliAsync("XREADGROUP", "GROUP", "copy", "stranger", "NOACK", "COUNT", "2", "STREAMS", "in", ">");

        await CopyUntilAsync(bus, ReadMode.Group, 3);

        Assert.That(await TextsAsync("out"), Is.EqualTo(["a", "b", "c"]));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Open_UnreadEntryDeleted_IsDamagedEachTime(ReadMode mode)
    {
        using var bus = NewHost();
        await using (var reader = await bus.OpenAsync(Copy(mode), Cancel))
        {
            await AddAsync("a", "b", "c");
            await reader.ReadAsync(3, Moment, Cancel);
        }

        await DeleteAsync("b");

        for (var time = 0; time < 2; time++)
        {
            Assert.That(
                async () => await bus.OpenAsync(Copy(mode), Cancel),
                Throws.TypeOf<StreamDamagedException>().With.Message.Contains("in: ").And.Message.Contains("deleted"));
        }
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Open_EntryDeletedBeforeTheReaderWasMade_IsNoLoss(ReadMode mode)
    {
        await AddAsync("a", "b", "c", "d");
        await DeleteAsync("c");
        using var bus = NewHost();
        await using (var reader = await bus.OpenAsync(Copy(mode), Cancel))
        {
            var batch = new Batch();
            batch.Complete((await reader.ReadAsync(1, Moment, Cancel))[0].Id);
            await reader.CommitAsync(batch, Cancel);
        }

        await CopyUntilAsync(bus, mode, 4);

        Assert.That(await TextsAsync("out"), Is.EqualTo(["b", "d"]));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Run_UnreadEntriesDeleted_IsDamagedAndSaysHowMany(ReadMode mode)
    {
        using var bus = NewHost();
        var stage = new CopyStage(Copy(mode)) { Applied = () => DeleteAsync("b", "e").GetAwaiter().GetResult() };
        await (await bus.OpenAsync(stage.Reader, Cancel)).DisposeAsync();
        await AddAsync("a", "b", "c", "d", "e");
        var loop = new StageLoop(bus, stage, new LoopLimits(1, Moment), new LoopProgress("copy"));

        Assert.That(
            async () => await RunUntilAsync(loop, () => Task.FromResult(false)),
            Throws.TypeOf<StreamDamagedException>()
                .With.Message.Contains("in: 2 entries vanished before copy read them"));
    }

    [Test]
    public async Task Run_AStrangerTakesEntriesFromTheGroup_LosesNothing()
    {
        using var bus = NewHost();
        var steals = 3;
        var stage = new CopyStage(Copy(ReadMode.Group))
        {
            Applied = () =>
            {
                if (steals-- > 0) StealAsync().GetAwaiter().GetResult();
            },
        };
        await (await bus.OpenAsync(stage.Reader, Cancel)).DisposeAsync();
        await AddAsync("a", "b", "c", "d");
        var loop = new StageLoop(bus, stage, new LoopLimits(1, Moment), new LoopProgress("copy"));

        await RunUntilAsync(loop, async () => (await bus.InspectReaderAsync("copy", Cancel))!.Count >= 4);

        Assert.That(await TextsAsync("out"), Is.EqualTo(["a", "b", "c", "d"]));
    }

    [Test]
    public async Task Run_AStrangerReadsInTheGroupAgainAndAgain_IsDamaged()
    {
        using var bus = NewHost();
        var stage = new CopyStage(Copy(ReadMode.Group)) { Applied = () => StealAsync().GetAwaiter().GetResult() };
        await (await bus.OpenAsync(stage.Reader, Cancel)).DisposeAsync();
        await AddAsync("a", "b", "c");
        var loop = new StageLoop(bus, stage, new LoopLimits(1, Moment), new LoopProgress("copy"));

        Assert.That(
            async () => await RunUntilAsync(loop, () => Task.FromResult(false)),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("in group copy stands at")
                .And.Message.Contains("Somebody else reads in it or moves it"));
        Assert.That(await TextsAsync("out"), Is.Empty);
    }

    private Task<string> StealAsync() =>
        Server.CliAsync("XREADGROUP", "GROUP", "copy", "stranger", "COUNT", "1", "STREAMS", "in", ">");

    [Test]
    public async Task Open_AnOutputNobodyReadsMadeAnew_IsDamagedUntilItIsTakenAsItIs()
    {
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        await AddAsync("a", "b");
        await CopyUntilAsync(bus, ReadMode.Offset, 2);
        await Server.CliAsync("DEL", "out");
        await Server.CliAsync("XADD", "out", "*", "text", "a stranger's");

        Assert.That(
            async () => await bus.OpenAsync(Copy(ReadMode.Offset), Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("out: entry ")
                .And.Message.Contains("run HDEL tradeos:checkpoint:copy last:out"));
        await Server.CliAsync("HDEL", "tradeos:checkpoint:copy", "last:out");
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
    }

    [TestCase("XTRIM", "out", "MAXLEN", "0")]
    [TestCase("XDEL", "out")]
    public async Task Open_OurLastEntryTrimmedOrDeletedFromAnOutput_IsNoDamage(params string[] command)
    {
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        await AddAsync("a", "b");
        await CopyUntilAsync(bus, ReadMode.Offset, 2);
        var last = (await bus.RangeAsync("out", EntryId.Zero, 10, Cancel))[^1].Id.ToString();
        await Server.CliAsync(command is ["XDEL", ..] ? [.. command, last] : command);

        await CopyUntilAsync(bus, ReadMode.Offset, 2);

        Assert.That(await TextsAsync("out"), Is.EqualTo(command is ["XDEL", ..] ? ["a"] : Array.Empty<string>()));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Read_InputDeletedWhileOpen_IsDamaged(ReadMode mode)
    {
        using var bus = NewHost();
        await using var reader = await bus.OpenAsync(Copy(mode), Cancel);
        await Server.CliAsync("DEL", "in");

        Assert.That(
            async () => await reader.ReadAsync(1, Moment, Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("in"));
    }

    [TestCase("XINFO", "GROUPS", "nowhere")]
    [TestCase("XINFO", "STREAM", "nowhere")]
    [TestCase("XGROUP", "SETID", "nowhere", "copy", "0")]
    public async Task Ask_AboutAStreamThatWentAwayBetweenTwoCommands_IsDamageThatNamesIt(params string[] command)
    {
        using var connection = await DataConnection.ConnectAsync(Server.Options, TimeProvider.System, Cancel);

        Assert.That(
            async () => await connection.AskAsync(command),
            Throws.TypeOf<StreamDamagedException>().With.Message.StartsWith("nowhere is not what it was: ERR "));
    }

    private static Task CopyUntilAsync(RedisStreamBus bus, ReadMode mode, long count) => RunUntilAsync(
        new StageLoop(bus, new CopyStage(Copy(mode)), new LoopLimits(2, Moment), new LoopProgress("copy")),
        async () => (await bus.InspectReaderAsync("copy", Cancel))!.Count >= count);

    private async Task DeleteAsync(params string[] texts)
    {
        using var bus = NewHost();
        foreach (var entry in await bus.RangeAsync("in", EntryId.Zero, 100, Cancel))
            if (texts.Contains(CopyStage.TextOf(entry))) await Server.CliAsync("XDEL", "in", entry.Id.ToString());
    }
}

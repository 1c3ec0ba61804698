using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.Chaos;

namespace TradeOs.Tests.Bus;

[TestFixture]
public sealed class RedisStreamBusTests : RedisStreamBusContract
{
    protected override Task<TestRedis> StartAsync() => TestRedis.StartAsync();

    [Test]
    public async Task Commit_CheckpointDeletedWhileOpen_IsDamaged()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        await Control.ExecuteAsync("DEL", RedisKeys.Checkpoint("follower"));

        var result = await reader.CommitAsync(new Batch(), Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Damaged));
        Assert.That(reader.Detail, Does.Contain("tradeos:checkpoint:follower is gone"));
    }

    [Test]
    public async Task Open_CheckpointDeleted_IsDamagedAndNotStartedAnew()
    {
        await using (await Bus.OpenAsync(Follower, Cancel))
        {
        }

        await Control.ExecuteAsync("DEL", RedisKeys.Checkpoint("follower"));

        Assert.That(
            async () => await Bus.OpenAsync(Follower, Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("tradeos:checkpoint:follower is gone"));
    }

    [Test]
    public async Task Open_AcknowledgedCommitsGone_IsDamagedAndNotDoneAgain()
    {
        await FeedAsync("a", "b");
        await using (var reader = await Bus.OpenAsync(Follower, Cancel))
        {
            var batch = new Batch();
            foreach (var entry in await reader.ReadAsync(10, TimeSpan.FromSeconds(5), Cancel)) batch.Complete(entry.Id);
            await reader.CommitAsync(batch, Cancel);
        }

        await Control.ExecuteAsync(
            "HSET", RedisKeys.Checkpoint("follower"), "position", "0-0", "count", "0");

        Assert.That(
            async () => await Bus.OpenAsync(Follower, Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("had acknowledged 2 inputs")
                .And.Message.Contains("acknowledged writes are gone"));
    }

    [Test]
    public async Task Open_UnreadEntriesTrimmedByAnOperator_IsDamagedAndSaysHowMany()
    {
        await FeedAsync("a", "b", "c");
        await using (await Bus.OpenAsync(Follower, Cancel))
        {
        }

        await Control.ExecuteAsync("XTRIM", "in", "MAXLEN", "1");

        Assert.That(
            async () => await Bus.OpenAsync(Follower, Cancel),
            Throws.TypeOf<StreamDamagedException>()
                .With.Message.Contains("in: 2 entries vanished before follower read them"));
    }

    [Test]
    public async Task Open_GroupDestroyed_IsMadeAnewWhereTheCheckpointIs()
    {
        await using (await Bus.OpenAsync(Grouped, Cancel))
        {
        }

        await Control.ExecuteAsync("XGROUP", "DESTROY", "in", "grouped");

        await using var reader = await Bus.OpenAsync(Grouped, Cancel);

        Assert.That(await Control.ExecuteAsync("XINFO", "GROUPS", "in"), Is.Not.Null);
        Assert.That((await Bus.InspectReaderAsync("grouped", Cancel))!.Count, Is.Zero);
    }

    [Test]
    public async Task Commit_OutputHoldsTheLargestId_IsDamagedAndNothingIsWritten()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        await Control.ExecuteAsync("XADD", "out", "18446744073709551615-18446744073709551615", "text", "last");
        var batch = new Batch();
        batch.Append("dead").Add("text"u8, "x");
        batch.Append("out").Add("text"u8, "y");

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Damaged));
        Assert.That(reader.Detail, Does.Contain("out holds the largest id"));
        Assert.That(await AllAsync("dead"), Is.Empty);
    }

    [Test]
    public async Task Commit_LargestIdWasAppendedAndDeletedAgain_IsDamagedAndNothingIsWritten()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        const string largest = "18446744073709551615-18446744073709551615";
        await Control.ExecuteAsync("XADD", "out", largest, "text", "last");
        await Control.ExecuteAsync("XDEL", "out", largest);
        var batch = new Batch();
        batch.Append("out").Add("text"u8, "y");

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Damaged));
        Assert.That(reader.Detail, Does.Contain("out holds the largest id"));
        Assert.That(await AllAsync("out"), Is.Empty);
    }

    [Test]
    public async Task Commit_ToAStreamOfOthersLargeEntries_DoesNotAskForThem()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        await Control.ExecuteAsync("XADD", "out", "*", "text", new string('x', 1_000_000));
        await Control.ExecuteAsync("CONFIG", "RESETSTAT");
        var batch = new Batch();
        batch.Append("out").Add("text"u8, "y");

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Committed));
        Assert.That(await Server.CliAsync("INFO", "commandstats"), Does.Not.Contain("cmdstat_xinfo"));
    }

    [Test]
    public async Task Open_WhileAnotherHostOpensForTheFirstTime_DoesNotTakeItsCheckpointForLost(
        [Values("SISMEMBER", "WATCH", "HMGET", "XGROUP", "XINFO", "MULTI")] string command)
    {
        var others = 0;
        await using var proxy = new TcpProxy(Server.Port, async request =>
        {
            if (request.Contains(command, StringComparison.Ordinal) && others++ == 0)
                await (await NewHost().OpenAsync(Follower, Cancel)).DisposeAsync();
            return Fault.None;
        });

        var bus = NewHost(options => options.Endpoint = proxy.Endpoint);
        await using var reader = await bus.OpenAsync(Follower, Cancel);

        Assert.That(others, Is.GreaterThan(0));
        Assert.That(await reader.CommitAsync(new Batch(), Cancel), Is.EqualTo(CommitResult.Committed));
    }

    [Test]
    public async Task Group_EntriesTakenByAnotherConsumer_AreClaimedInOrder()
    {
        await FeedAsync("a", "b", "c");
        await using (await Bus.OpenAsync(Grouped, Cancel))
        {
        }

        await Control.ExecuteAsync("XREADGROUP", "GROUP", "grouped", "stranger", "COUNT", "2", "STREAMS", "in", ">");

        await using var reader = await Bus.OpenAsync(Grouped, Cancel);

        Assert.That(await ReadTextsAsync(reader), Is.EqualTo(["a", "b", "c"]));
    }

    [Test]
    public async Task Group_AtTheEnd_ShowsNothingPendingAndNoLag()
    {
        await FeedAsync("a", "b", "c");
        var loop = new StageLoop(
            Bus, new CopyStage(Grouped), new LoopLimits(2, TimeSpan.FromMilliseconds(20)), new LoopProgress("grouped"));

        await RunUntilAsync(loop, async () => (await Bus.InspectStreamAsync("out", Cancel)).Added == 3);

        var groups = (RedisResult[])(await Control.ExecuteAsync("XINFO", "GROUPS", "in"))!;
        var group = (RedisResult[])groups[0]!;
        var facts = group.Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => (string?)pair[1]);
        Assert.That((facts["pending"], facts["lag"]), Is.EqualTo(("0", "0")));
    }

    /// <summary>Found by the chaos harness under small bounds.</summary>
    [Test]
    public async Task Open_CommittedEntriesThatAStrangerReadAgainAndThatWereTrimmed_AreNotLost()
    {
        await FeedAsync("a", "b", "c");
        var loop = new StageLoop(
            Bus, new CopyStage(Grouped), new LoopLimits(2, TimeSpan.FromMilliseconds(20)), new LoopProgress("grouped"));
        await RunUntilAsync(loop, async () => (await Bus.InspectStreamAsync("out", Cancel)).Added == 3);
        await Control.ExecuteAsync("XGROUP", "SETID", "in", "grouped", "0");
        await Control.ExecuteAsync("XREADGROUP", "GROUP", "grouped", "stranger", "COUNT", "2", "STREAMS", "in", ">");
        await Control.ExecuteAsync("XTRIM", "in", "MAXLEN", "1");

        await using var reader = await Bus.OpenAsync(Grouped, Cancel);

        var pending = (RedisResult[])(await Control.ExecuteAsync("XPENDING", "in", "grouped"))!;
        Assert.That((long)pending[0], Is.Zero);
        Assert.That(await reader.ReadAsync(1, TimeSpan.Zero, Cancel), Is.Empty);
    }

    /// <summary>Found by the chaos harness.</summary>
    [Test]
    public async Task Open_ServerEmptiedBeforeTheGroupIsLookedAt_StopsAndMakesNothingAnew()
    {
        await FeedAsync("a");
        await using (await Bus.OpenAsync(Grouped, Cancel))
        {
        }

        await using var wire = new WireProxy(Server.Port);
        wire.Watch = async moment =>
        {
            if (moment.Phase == WirePhase.Sent && moment.Request.Step == "grouped XGROUP CREATE")
                await Server.CliAsync("FLUSHALL");
            return true;
        };
        using var host = NewHost(options => options.Endpoint = wire.Endpoint);

        Assert.That(
            async () => await host.OpenAsync(Grouped, Cancel).WaitAsync(TimeSpan.FromSeconds(30)),
            Throws.TypeOf<StreamDamagedException>());
        Assert.That(await Server.CliAsync("KEYS", "*"), Is.Empty);
    }

    [Test]
    public async Task Commit_ScriptFlushed_IsSettledByReopening()
    {
        await FeedAsync("a", "b");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        await Control.ExecuteAsync("SCRIPT", "FLUSH");

        Assert.That(
            async () => await reader.CommitAsync(new Batch(), Cancel), Throws.TypeOf<BusUnavailableException>());

        await using var again = await Bus.OpenAsync(Follower, Cancel);
        Assert.That(await again.CommitAsync(new Batch(), Cancel), Is.EqualTo(CommitResult.Committed));
    }

    [Test]
    public async Task Loop_RedisKilledAndStartedAgain_PausesAndResumesWithNothingLostOrTwice()
    {
        await FeedAsync("a", "b", "c");
        var progress = new LoopProgress("copy");
        var loop = new StageLoop(
            Bus, new CopyStage(Grouped), new LoopLimits(1, TimeSpan.FromMilliseconds(20)), progress);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Task.Run(() => loop.RunAsync(stop.Token));
        while (progress.Count < 3) await Task.Delay(5, Cancel);

        await Server.KillAsync();
        while (progress.Trouble is null) await Task.Delay(5, Cancel);
        await Server.RestartAsync();
        Bus = NewHost();
        await FeedAsync("d", "e");
        while (progress.Count < 5) await Task.Delay(5, Cancel);
        await stop.CancelAsync();
        await running;

        Assert.That(await AllAsync("out"), Is.EqualTo(["a", "b", "c", "d", "e"]));
    }
}

using System.Collections.Immutable;
using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Readers that follow one another and commit together: as if each stood alone, in fewer commits.</summary>
[TestFixture]
public sealed class ChainTests : RedisFixture
{
    private const int BatchCount = 10;

    private static readonly ImmutableArray<ReaderDefinition> Chain =
    [
        new("first", "in", ReadMode.Offset, ["one", "side"], 1),
        new("second", "one", ReadMode.Offset, ["two", "side"], 1),
        new("third", "two", ReadMode.Offset, ["out", "side"], 1),
    ];

    private RedisStreamBus _bus = null!;

    [SetUp]
    public void Start() => _bus = NewHost();

    [TearDown]
    public void Stop() => _bus.Dispose();

    [Test]
    public async Task Loop_ManyEntries_PassThroughAllInOneCommitABatch()
    {
        var texts = Texts(100);
        await AddAsync(texts);
        await Server.CliAsync("CONFIG", "RESETSTAT");

        await RunUntilAsync(NewLoop().RunAsync, () => HasAsync("out", 100));

        foreach (var stream in (string[])["one", "two", "out"])
            Assert.That(await TextsAsync(stream), Is.EqualTo(texts), stream);
        Assert.That(await CommitsAsync(), Is.InRange(100 / BatchCount, (100 / BatchCount) + 2));
        Assert.That(await PositionsAsync(), Is.EqualTo(await LastIdsAsync("in", "one", "two")));
    }

    /// <summary>While nothing else moves it is noticed at once, and the chain is put together again later.</summary>
    [Test]
    public async Task Loop_EntryOfSomebodyElseBetween_IsReadInItsPlaceAndTheChainGoesOn()
    {
        var loop = NewLoop();
        await RunUntilAsync(loop.RunAsync, async () =>
        {
            if (await Server.CliAsync("XLEN", "in") == "0") await AddAsync("a");
            if (!await HasAsync("out", 1)) return false;
            await Server.CliAsync("XADD", "one", "*", "text", "theirs");
            await Poll.UntilAsync(() => HasAsync("out", 2));
            await AddAsync("b");
            await Poll.UntilAsync(() => HasAsync("out", 3));
            var before = await Server.CliAsync("HGET", RedisKeys.Checkpoint("third"), "epoch");
            await Poll.UntilAsync(
                async () => await Server.CliAsync("HGET", RedisKeys.Checkpoint("third"), "epoch") != before);
            await AddAsync("c");
            await Poll.UntilAsync(() => HasAsync("out", 4));
            return true;
        });

        Assert.That(await TextsAsync("out"), Is.EqualTo(["a", "theirs", "b", "c"]));
    }

    [TestCase("one", false)]
    [TestCase("two", false)]
    [TestCase("one", true)]
    public async Task Commit_EntryOfSomebodyElseBetween_AnswersOutsideAndWritesNothing(string stream, bool isDeleted)
    {
        await AddAsync("a");
        await using var chain = await _bus.OpenChainAsync(Chain, Cancel);
        var batch = await PassAsync(chain);
        var id = await Server.CliAsync("XADD", stream, "*", "text", "theirs");
        if (isDeleted) await Server.CliAsync("XDEL", stream, id);

        var result = await chain.CommitAsync(batch, Cancel);

        Assert.That((result, chain.Detail), Is.EqualTo((CommitResult.Outside, stream)));
        Assert.That(await TextsAsync("out"), Is.Empty);
        Assert.That(await PositionsAsync(), Is.All.EqualTo("0-0"));
    }

    /// <summary>The chain would wait for itself: the reader that holds the stream reads what others wrote only by
    /// itself.</summary>
    [Test]
    public async Task Commit_AStreamBetweenIsFullOfEntriesOfOthers_AnswersOutside()
    {
        const int most = 10;
        var limits = ImmutableDictionary<string, StreamLimit>.Empty.Add("one", new StreamLimit(most, ["second"]));
        using var bounded = NewHost(limits);
        await AddAsync("a");
        await using var chain = await bounded.OpenChainAsync(Chain, Cancel);
        var batch = await PassAsync(chain);
        for (var entry = 0; entry < most; entry++) await Server.CliAsync("XADD", "one", "*", "text", "theirs");

        var result = await chain.CommitAsync(batch, Cancel);

        Assert.That((result, chain.Detail), Is.EqualTo((CommitResult.Outside, "one held by second")));
        Assert.That(await TextsAsync("one"), Has.Count.EqualTo(most));
    }

    [Test]
    public async Task Commit_ReaderBehindOpenedByAnotherHost_IsFencedAndWritesNothing()
    {
        await AddAsync("a");
        await using var chain = await _bus.OpenChainAsync(Chain, Cancel);
        var batch = await PassAsync(chain);
        using var other = NewHost();
        await using var third = await other.OpenAsync(Chain[2], Cancel);

        Assert.That(await chain.CommitAsync(batch, Cancel), Is.EqualTo(CommitResult.Fenced));
        Assert.That(await TextsAsync("one"), Is.Empty);
    }

    /// <summary>Each of them would have room for its own entries, but not for those of both.</summary>
    [Test]
    public async Task Commit_OfStagesThatWriteTheSameStream_KeepsItWithinItsBound()
    {
        const int most = 10;
        var limits = Chain.SelectMany(reader => reader.Outputs).Append("in").Distinct().ToImmutableDictionary(
            stream => stream, stream => new StreamLimit(stream == "side" ? most : 1_000, []));
        using var bounded = NewHost(limits);
        for (var entry = 0; entry < most - 3; entry++) await Server.CliAsync("XADD", "side", "*", "text", "old");
        await AddAsync("a");
        await using var chain = await bounded.OpenChainAsync(Chain, Cancel);
        var batch = await PassAsync(chain);
        foreach (var each in chain.FollowerBatches.Prepend(batch))
            for (var note = 0; note < 2; note++) each.Append("side").Add("text"u8, "new");

        var result = await chain.CommitAsync(batch, Cancel);

        var side = await TextsAsync("side");
        Assert.That(result, Is.EqualTo(CommitResult.Committed));
        Assert.That(side.Count(text => text == "new"), Is.EqualTo(6));
        Assert.That(side, Has.Count.LessThanOrEqualTo(most));
    }

    /// <summary>Some to set, some to remove, more than the script hands on at once.</summary>
    [Test]
    public async Task Commit_StatesOfAChain_EachReaderKeepsItsOwn()
    {
        const int many = 1_500;
        await AddAsync("a", "b");
        await using var chain = await _bus.OpenChainAsync(Chain, Cancel);
        var batch = await PassAsync(chain);
        chain.FollowerBatches[0].SetState("gone", "for a while");
        var before = await chain.CommitAsync(batch, Cancel);
        await AddAsync("c");
        foreach (var each in chain.FollowerBatches) each.Clear();
        batch = await PassAsync(chain);
        batch.SetState("first", "1");
        for (var key = 0; key < many; key++) chain.FollowerBatches[0].SetState($"key {key}", $"value {key}");
        chain.FollowerBatches[0].RemoveState("gone");
        chain.FollowerBatches[1].SetState("third", "3");

        var result = await chain.CommitAsync(batch, Cancel);

        Assert.That((before, result), Is.EqualTo((CommitResult.Committed, CommitResult.Committed)));
        Assert.That(await StateAsync("first"), Is.EqualTo(new Dictionary<string, string> { ["first"] = "1" }));
        Assert.That(
            await StateAsync("second"),
            Is.EqualTo(Enumerable.Range(0, many).ToDictionary(key => $"key {key}", key => $"value {key}")));
        Assert.That(await StateAsync("third"), Is.EqualTo(new Dictionary<string, string> { ["third"] = "3" }));
    }

    [Test]
    public async Task Loop_ConnectionBehindTheFirstKilled_IsOpenedAgain()
    {
        await RunUntilAsync(NewLoop().RunAsync, async () =>
        {
            if (await Server.CliAsync("EXISTS", RedisKeys.Checkpoint("third")) == "0") return false;
            var client = await Server.CliAsync("HGET", RedisKeys.Checkpoint("third"), "client");
            await Server.CliAsync("CLIENT", "KILL", "ID", client);
            await Poll.UntilAsync(
                async () => await Server.CliAsync("HGET", RedisKeys.Checkpoint("third"), "client") != client);
            await AddAsync("a");
            await Poll.UntilAsync(() => HasAsync("out", 1));
            return true;
        });

        Assert.That(await TextsAsync("out"), Is.EqualTo(["a"]));
    }

    [Test]
    public async Task Loop_StageBehindThatThrows_StopsAtThatEntryAndCommitsAllBefore()
    {
        await AddAsync("a", "b", "c");
        var seen = 0;
        var stages = Chain.Select(reader => new CopyStage(reader)).ToArray();
        stages[1].Applied = () => _ = ++seen % 3 == 2 ? throw new InvalidOperationException("no b") : 0;

        var failure = Assert.ThrowsAsync<StageFailedException>(
            () => NewLoop(stages).RunAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60)))!;

        Assert.That(failure.Stage, Is.EqualTo("second"));
        Assert.That(await Server.CliAsync("XRANGE", "one", $"{failure.Id}", $"{failure.Id}"), Does.Contain("text"));
        var written = await TextsAsync("two");
        Assert.That(written, Is.EqualTo((await TextsAsync("one")).Take(written.Count)));
    }

    [Test]
    public void Ids_OfAClockThatStandsAndStepsBack_RiseAllTheSame()
    {
        var clock = new SteppedClock();
        var link = new ChainLink("one", new EntryId(500, 3), clock);

        var ids = new List<EntryId>();
        foreach (var now in (int[])[400, 501, 501, 100, 502])
        {
            clock.Now = DateTimeOffset.FromUnixTimeMilliseconds(now);
            ids.Add(link.Next());
        }

        Assert.That(
            ids.Select(id => id.ToString()), Is.EqualTo(["500-4", "501-0", "501-1", "501-2", "502-0"]));
    }

    private static string[] Texts(int count) =>
        [.. Enumerable.Range(0, count).Select(text => text.ToString(CultureInfo.InvariantCulture))];

    private ChainLoop NewLoop(params CopyStage[] stages)
    {
        if (stages.Length == 0) stages = [.. Chain.Select(reader => new CopyStage(reader))];
        return new ChainLoop(
            _bus, [.. stages], new LoopLimits(BatchCount, Moment),
            [.. stages.Select(stage => new LoopProgress(stage.Reader.Name))], TimeProvider.System);
    }

    /// <summary>What the chain reads, passed through by hand.</summary>
    private static async Task<Batch> PassAsync(IReaderChain chain)
    {
        var batch = new Batch();
        foreach (var entry in await chain.ReadAsync(BatchCount, Moment, Cancel))
        {
            batch.Append("one").Add("text"u8, CopyStage.TextOf(entry));
            batch.Complete(entry.Id);
            for (var follower = 0; follower < chain.Followers.Length; follower++)
            {
                var id = chain.NextId(follower);
                var before = follower == 0 ? batch : chain.FollowerBatches[follower - 1];
                before.Identify(before.OutputCount - 1, id);
                chain.FollowerBatches[follower].Append(follower == 0 ? "two" : "out")
                    .Add("text"u8, CopyStage.TextOf(entry));
                chain.FollowerBatches[follower].Complete(id);
            }
        }

        return batch;
    }

    private async Task<bool> HasAsync(string stream, int count) =>
        await Server.CliAsync("XLEN", stream) == count.ToString(CultureInfo.InvariantCulture);

    private async Task<int> CommitsAsync()
    {
        var line = (await Server.CliAsync("INFO", "commandstats")).Split('\n')
            .Single(line => line.StartsWith("cmdstat_evalsha:calls=", StringComparison.Ordinal));
        return int.Parse(line.Split('=', ',')[1], CultureInfo.InvariantCulture);
    }

    private async Task<List<string>> PositionsAsync()
    {
        var positions = new List<string>();
        foreach (var reader in Chain)
            positions.Add(await Server.CliAsync("HGET", RedisKeys.Checkpoint(reader.Name), "position"));
        return positions;
    }

    private async Task<List<string>> LastIdsAsync(params string[] streams)
    {
        var ids = new List<string>();
        foreach (var stream in streams) ids.Add($"{(await _bus.LastAsync(stream, 1))[0].Id}");
        return ids;
    }

    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

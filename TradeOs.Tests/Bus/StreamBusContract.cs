using System.Collections.Immutable;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>What <see cref="IStreamBus"/> promises, run against every implementation.</summary>
public abstract class StreamBusContract
{
    protected static readonly ReaderDefinition Source = new("source", null, ReadMode.Offset, ["in", "dead"], 1);
    protected static readonly ReaderDefinition Follower = new("follower", "in", ReadMode.Offset, ["out", "dead"], 1);
    protected static readonly ReaderDefinition Grouped = new("grouped", "in", ReadMode.Group, ["out", "dead"], 1);

    protected static readonly ImmutableDictionary<string, StreamLimit> Limits = ImmutableDictionary<string, StreamLimit>.Empty
        .Add("in", new StreamLimit(1000, ["follower"]))
        .Add("out", new StreamLimit(20, ["sink"]));

    private static readonly ReaderDefinition Sink = new("sink", "out", ReadMode.Offset, [], 1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    protected static CancellationToken Cancel => TestContext.CurrentContext.CancellationToken;

    protected IStreamBus Bus { get; set; } = null!;

    /// <summary>Nothing of an earlier test is left.</summary>
    protected abstract Task EmptyServerAsync();

    /// <summary>A bus of another host on the same server as every other of this test.</summary>
    protected abstract IStreamBus NewHost();

    protected abstract Task SetControlAsync(string control);

    protected abstract Task DeleteStreamAsync(string stream);

    [SetUp]
    public async Task OpenBusAsync()
    {
        await EmptyServerAsync();
        Bus = NewHost();
    }

    [Test]
    public async Task Open_FirstTime_StartsAtTheOldestEntry()
    {
        await FeedAsync("a", "b");

        await using var reader = await Bus.OpenAsync(Follower, Cancel);

        Assert.That(reader.Checkpoint, Is.EqualTo(Checkpoint.Start));
        Assert.That(reader.State, Is.Empty);
        Assert.That(await ReadTextsAsync(reader), Is.EqualTo(["a", "b"]));
    }

    [Test]
    public async Task Read_InParts_DeliversEachEntryOnceInOrder()
    {
        await FeedAsync("a", "b", "c", "d", "e");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);

        var first = await ReadTextsAsync(reader, countMax: 2);
        var second = await ReadTextsAsync(reader, countMax: 2);
        var third = await ReadTextsAsync(reader, countMax: 2);

        Assert.That(new[] { first, second, third }, Is.EqualTo(new[] { ["a", "b"], ["c", "d"], new[] { "e" } }));
    }

    [Test]
    public async Task Read_NothingThere_ReturnsEmpty()
    {
        await using var reader = await Bus.OpenAsync(Follower, Cancel);

        Assert.That(await reader.ReadAsync(10, Moment, Cancel), Is.Empty);
    }

    [Test]
    public async Task Read_WhileWaiting_GetsWhatIsAppended()
    {
        await using var reader = await Bus.OpenAsync(Follower, Cancel);

        var waiting = reader.ReadAsync(10, TimeSpan.FromSeconds(20), Cancel).AsTask();
        await FeedAsync("late");

        Assert.That(Texts(await waiting), Is.EqualTo(["late"]));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Commit_Lands_OutputsPositionCountsAndStateTogether(ReadMode mode)
    {
        await FeedAsync("a", "b", "c");
        await using var reader = await Bus.OpenAsync(Definition(mode), Cancel);
        var entries = await reader.ReadAsync(10, Moment, Cancel);

        var batch = new Batch();
        batch.Append("out").Add("text"u8, "A");
        batch.Complete(entries[0].Id);
        batch.Complete(entries[1].Id);
        batch.SetState("key", "value");
        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Committed));
        Assert.That(await AllAsync("out"), Is.EqualTo(["A"]));
        Assert.That(
            await Bus.InspectReaderAsync(Definition(mode).Name, Cancel), Is.EqualTo(new Checkpoint(entries[1].Id, 2, 1, 1)));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Reopen_AfterACommit_GoesOnBehindItWithItsState(ReadMode mode)
    {
        await FeedAsync("a", "b", "c");
        await using (var reader = await Bus.OpenAsync(Definition(mode), Cancel))
        {
            var entries = await reader.ReadAsync(10, Moment, Cancel);
            var batch = new Batch();
            batch.Complete(entries[0].Id);
            batch.SetState("kept", "1");
            batch.SetState("gone", "1");
            await reader.CommitAsync(batch, Cancel);
            batch.Clear();
            batch.Complete(entries[1].Id);
            batch.SetState("kept", "2");
            batch.RemoveState("gone");
            await reader.CommitAsync(batch, Cancel);
        }

        await using var again = await Bus.OpenAsync(Definition(mode), Cancel);

        Assert.That(again.State, Is.EqualTo(new Dictionary<string, string> { ["kept"] = "2" }));
        Assert.That(again.Checkpoint.Count, Is.EqualTo(2));
        Assert.That(await ReadTextsAsync(again), Is.EqualTo(["c"]));
    }

    [Test]
    public async Task Commit_OneOutputStreamGone_IsDamagedAndWritesNothing()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        var batch = await BatchOfAllAsync(reader);
        batch.Append("dead").Add("text"u8, "x");
        await DeleteStreamAsync("dead");

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Damaged));
        Assert.That(reader.Detail, Does.Contain("dead"));
        Assert.That(await AllAsync("out"), Is.Empty);
        Assert.That((await Bus.InspectReaderAsync("follower", Cancel))!.Count, Is.Zero);
    }

    [Test]
    public async Task Commit_SameBatchAgain_IsAlreadyCommittedAndWritesNothingMore()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        var batch = await BatchOfAllAsync(reader);

        var first = await reader.CommitAsync(batch, Cancel);
        var second = await reader.CommitAsync(batch, Cancel);

        Assert.That((first, second), Is.EqualTo((CommitResult.Committed, CommitResult.AlreadyCommitted)));
        Assert.That(await AllAsync("out"), Is.EqualTo(["a"]));
    }

    [Test]
    public async Task Commit_FirstOfASecondOpening_IsNotTakenForTheFirstOfTheFirst()
    {
        await FeedAsync("a", "b");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        await reader.CommitAsync(await BatchOfAllAsync(reader, countMax: 1), Cancel);

        await using var again = await Bus.OpenAsync(Follower, Cancel);
        var result = await again.CommitAsync(await BatchOfAllAsync(again), Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Committed));
        Assert.That(await AllAsync("out"), Is.EqualTo(["a", "b"]));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Commit_ReplyLost_IsSettledByReopening(ReadMode mode)
    {
        await FeedAsync("a", "b", "c", "d", "e");
        var lossy = new ReplyLosingBus(Bus, lostEvery: 2);
        var loop = new StageLoop(lossy, new CopyStage(Definition(mode)), new LoopLimits(1, Moment), new LoopProgress("copy"));

        await RunUntilAsync(loop, async () => (await Bus.InspectStreamAsync("out", Cancel)).Added >= 5);

        Assert.That(lossy.Lost, Is.GreaterThanOrEqualTo(2));
        Assert.That(await AllAsync("out"), Is.EqualTo(["a", "b", "c", "d", "e"]));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Commit_AfterAnotherHostOpenedTheReader_IsFencedAndWritesNothing(ReadMode mode)
    {
        await FeedAsync("a");
        await using var first = await Bus.OpenAsync(Definition(mode), Cancel);
        var batch = await BatchOfAllAsync(first);
        await using var second = await NewHost().OpenAsync(Definition(mode), Cancel);

        var result = await first.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Fenced));
        Assert.That(await AllAsync("out"), Is.Empty);
        Assert.That(await ReadTextsAsync(second), Is.EqualTo(["a"]));
    }

    [Test]
    public async Task Open_AfterAnotherHostOpenedTheReader_IsFenced()
    {
        await using var first = await Bus.OpenAsync(Follower, Cancel);
        await using var second = await NewHost().OpenAsync(Follower, Cancel);

        Assert.That(async () => await Bus.OpenAsync(Follower, Cancel), Throws.TypeOf<FencedException>());
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Open_ManyHostsAtOnce_LeavesExactlyOneThatCanCommit(ReadMode mode)
    {
        await FeedAsync("a");

        for (var round = 0; round < 10; round++)
        {
            var openers = Enumerable.Range(0, 6).Select(_ => NewHost()).ToList();
            var readers = await Task.WhenAll(openers.Select(bus => Task.Run(() => bus.OpenAsync(Definition(mode), Cancel))));
            var results = new List<CommitResult>();
            foreach (var reader in readers)
            {
                var batch = new Batch();
                batch.SetState("round", round.ToString(System.Globalization.CultureInfo.InvariantCulture));
                results.Add(await reader.CommitAsync(batch, Cancel));
                await reader.DisposeAsync();
            }

            Assert.That(results.Count(result => result == CommitResult.Committed), Is.EqualTo(1), $"round {round}");
            Assert.That(results.Count(result => result == CommitResult.Fenced), Is.EqualTo(5), $"round {round}");
        }
    }

    [Test]
    public async Task Commit_OutputFullOfUnreadEntries_IsFullAndWritesNothingUntilTheyAreRead()
    {
        await FeedAsync([.. Enumerable.Range(0, 30).Select(number => $"{number}")]);
        await using var sink = await Bus.OpenAsync(Sink, Cancel);
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        await reader.CommitAsync(await BatchOfAllAsync(reader, countMax: 15), Cancel);
        var batch = await BatchOfAllAsync(reader, countMax: 15);

        var full = await reader.CommitAsync(batch, Cancel);
        var holder = reader.Detail;
        var lengthWhenFull = (await Bus.InspectStreamAsync("out", Cancel)).Length;
        await sink.CommitAsync(await BatchOfAllAsync(sink, countMax: 12, copy: false), Cancel);
        await reader.WaitForRoomAsync(Cancel);
        var later = await reader.CommitAsync(batch, Cancel);

        Assert.That((full, later), Is.EqualTo((CommitResult.Full, CommitResult.Committed)));
        Assert.That(holder, Is.EqualTo("out held by sink"));
        Assert.That(lengthWhenFull, Is.EqualTo(15));
        Assert.That((await Bus.InspectStreamAsync("out", Cancel)).Length, Is.LessThanOrEqualTo(20));
        Assert.That(await ReadRestAsync(sink), Is.EqualTo(Enumerable.Range(12, 18).Select(number => $"{number}")));
    }

    [Test]
    public async Task Commit_OutputNobodyReads_IsTrimmedToItsMaxLength()
    {
        await FeedAsync([.. Enumerable.Range(0, 1000).Select(number => $"{number}")]);
        var bus = NewHost();
        await using var reader = await bus.OpenAsync(Follower, Cancel);
        await using var sink = await bus.OpenAsync(Sink, Cancel);

        for (var commit = 0; commit < 100; commit++)
        {
            await reader.CommitAsync(await BatchOfAllAsync(reader, countMax: 10), Cancel);
            await sink.CommitAsync(await BatchOfAllAsync(sink, countMax: 10, copy: false), Cancel);
            Assert.That((await bus.InspectStreamAsync("out", Cancel)).Length, Is.LessThanOrEqualTo(20));
        }

        Assert.That((await bus.InspectStreamAsync("out", Cancel)).Added, Is.EqualTo(1000));
        Assert.That((await AllAsync("out"))[^1], Is.EqualTo("999"));
    }

    [Test]
    public async Task Commit_ControlChangedSinceOpening_IsToldAndWritesNothing()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        var batch = await BatchOfAllAsync(reader);
        await SetControlAsync("halted");

        var changed = await reader.CommitAsync(batch, Cancel);
        await using var again = await Bus.OpenAsync(Follower, Cancel);
        var committed = await again.CommitAsync(await BatchOfAllAsync(again), Cancel);

        Assert.That((changed, committed), Is.EqualTo((CommitResult.ControlChanged, CommitResult.Committed)));
        Assert.That(await AllAsync("out"), Is.EqualTo(["a"]));
    }

    [Test]
    public async Task Group_EntriesReadButNotCommitted_GoToTheNextOpenerFirstAndInOrder()
    {
        await FeedAsync("a", "b", "c", "d");
        await using var first = await Bus.OpenAsync(Grouped, Cancel);
        await ReadTextsAsync(first, countMax: 3);
        await FeedAsync("e");

        await using var second = await NewHost().OpenAsync(Grouped, Cancel);

        Assert.That(await ReadRestAsync(second), Is.EqualTo(["a", "b", "c", "d", "e"]));
    }

    [Test]
    public async Task Readers_OfOneStream_KeepTheirOwnOffsets()
    {
        await FeedAsync("a", "b");
        await using var follower = await Bus.OpenAsync(Follower, Cancel);
        await using var other = await Bus.OpenAsync(Follower with { Name = "other" }, Cancel);
        await follower.CommitAsync(await BatchOfAllAsync(follower), Cancel);

        Assert.That(await ReadTextsAsync(other), Is.EqualTo(["a", "b"]));
        Assert.That((await Bus.InspectReaderAsync("other", Cancel))!.Count, Is.Zero);
    }

    [Test]
    public async Task Append_AnyBytesAndRepeatedNames_AreKeptExactly()
    {
        await using var source = await Bus.OpenAsync(Source, Cancel);
        var batch = new Batch();
        byte[] hostile = [0, 13, 10, 36, 255, 254];
        batch.Append("in").Add("same"u8, hostile).Add("same"u8, "second"u8).Add(""u8, ""u8);
        await source.CommitAsync(batch, Cancel);

        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        var entry = (await reader.ReadAsync(1, Moment, Cancel))[0];

        var found = new List<(string Name, byte[] Value)>();
        foreach (var field in entry.Fields) found.Add((Encoding.UTF8.GetString(field.Name), field.Value.ToArray()));
        Assert.That(entry.Fields.Count, Is.EqualTo(3));
        Assert.That(found, Is.EqualTo(new[] { ("same", hostile), ("same", "second"u8.ToArray()), ("", []) }));
    }

    [Test]
    public async Task DeadLetter_RidesInTheCommitOfItsEntry()
    {
        await FeedAsync("bad");
        await using var first = await Bus.OpenAsync(Follower, Cancel);
        var batch = new Batch();
        batch.Append("dead").Add("text"u8, "why");
        batch.Complete((await first.ReadAsync(1, Moment, Cancel))[0].Id);
        await using var second = await NewHost().OpenAsync(Follower, Cancel);

        var fenced = await first.CommitAsync(batch, Cancel);
        var afterFence = await AllAsync("dead");
        batch.Clear();
        batch.Append("dead").Add("text"u8, "why");
        batch.Complete((await second.ReadAsync(1, Moment, Cancel))[0].Id);
        await second.CommitAsync(batch, Cancel);

        Assert.That(fenced, Is.EqualTo(CommitResult.Fenced));
        Assert.That(afterFence, Is.Empty);
        Assert.That(await AllAsync("dead"), Is.EqualTo(["why"]));
        Assert.That((await Bus.InspectReaderAsync("follower", Cancel))!.Silent, Is.Zero);
    }

    [Test]
    public async Task Open_StateOfAnotherVersion_IsRefusedWithTheWayOut()
    {
        await using (await Bus.OpenAsync(Follower, Cancel))
        {
        }

        Assert.That(
            async () => await Bus.OpenAsync(Follower with { StateVersion = 2 }, Cancel),
            Throws.TypeOf<RefusedException>().With.Message.Contains("version 1").And.Message.Contains("expects version 2"));
    }

    [Test]
    public async Task Open_InputGone_IsDamaged()
    {
        await FeedAsync("a");
        await using (await Bus.OpenAsync(Follower, Cancel))
        {
        }

        await DeleteStreamAsync("in");

        Assert.That(
            async () => await Bus.OpenAsync(Follower, Cancel), Throws.TypeOf<StreamDamagedException>().With.Message.Contains("in"));
    }

    protected static ReaderDefinition Definition(ReadMode mode) => mode == ReadMode.Group ? Grouped : Follower;

    protected static async Task<IReadOnlyList<string>> ReadTextsAsync(IStreamReader reader, int countMax = 100) =>
        Texts(await reader.ReadAsync(countMax, Moment, Cancel));

    private static async Task<IReadOnlyList<string>> ReadRestAsync(IStreamReader reader)
    {
        var all = new List<string>();
        while (await ReadTextsAsync(reader, countMax: 2) is { Count: > 0 } texts) all.AddRange(texts);
        return all;
    }

    protected async Task FeedAsync(params string[] texts)
    {
        await using var source = await Bus.OpenAsync(Source, Cancel);
        var batch = new Batch();
        foreach (var text in texts) batch.Append("in").Add("text"u8, text);
        Assert.That(await source.CommitAsync(batch, Cancel), Is.EqualTo(CommitResult.Committed));
    }

    protected async Task<IReadOnlyList<string>> AllAsync(string stream) =>
        Texts(await Bus.RangeAsync(stream, EntryId.Zero, 10_000, Cancel));

    protected static async Task RunUntilAsync(StageLoop loop, Func<Task<bool>> isDone)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Task.Run(() => loop.RunAsync(stop.Token));
        while (!running.IsCompleted && !await isDone()) await Task.Delay(5, Cancel);
        await stop.CancelAsync();
        await running;
    }

    private static IReadOnlyList<string> Texts(IReadOnlyList<Entry> entries) => [.. entries.Select(CopyStage.TextOf)];

    private static async Task<Batch> BatchOfAllAsync(IStreamReader reader, int countMax = 100, bool copy = true)
    {
        var batch = new Batch();
        foreach (var entry in await reader.ReadAsync(countMax, Moment, Cancel))
        {
            if (copy) batch.Append("out").Add("text"u8, CopyStage.TextOf(entry));
            batch.Complete(entry.Id);
        }

        return batch;
    }
}

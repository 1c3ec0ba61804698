using System.Collections.Immutable;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>What <see cref="IStreamBus"/> promises, run against every implementation.</summary>
/// <remarks>Here of commits; of opening and reading in <see cref="ReaderContract"/>.</remarks>
public abstract class StreamBusContract : ReaderContract
{
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
            await Bus.InspectReaderAsync(Definition(mode).Name, Cancel),
            Is.EqualTo(new Checkpoint(entries[1].Id, 2, 1, 1)));
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
        var loop = new StageLoop(
            lossy, new CopyStage(Definition(mode)), new LoopLimits(1, Moment), new LoopProgress("copy"));

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

    /// <summary>Of every size, in one batch and over many, and none of them changed by what came behind it.</summary>
    [Test]
    public async Task Commit_EntriesOfAnySize_AreKeptAsTheyWere()
    {
        string[] texts = [.. new[] { 0, 1, 100, 300_000, 5, 262_144, 40_000, 0, 700_000, 1 }
            .Select((length, place) => new string((char)('a' + place), length))];

        await using var source = await Bus.OpenAsync(Source, Cancel);
        var batch = new Batch();
        foreach (var commit in texts.Select(text => new[] { text }).Prepend(texts))
        {
            batch.Clear();
            foreach (var text in commit) batch.Append("in").Add("text"u8, text);
            await source.CommitAsync(batch, Cancel);
        }

        Assert.That(await AllAsync("in"), Is.EqualTo([.. texts, .. texts]));
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
        var definition = Follower with { ObeysControl = true };
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(definition, Cancel);
        var batch = await BatchOfAllAsync(reader);
        var before = await reader.IsControlChangedAsync(Cancel);
        await SetControlAsync("halted");

        var after = await reader.IsControlChangedAsync(Cancel);
        var changed = await reader.CommitAsync(batch, Cancel);
        await using var again = await Bus.OpenAsync(definition, Cancel);
        var committed = await again.CommitAsync(await BatchOfAllAsync(again), Cancel);

        Assert.That((before, after), Is.EqualTo((false, true)));
        Assert.That((reader.Control, again.Control), Is.EqualTo(("", "halted")));
        Assert.That((changed, committed), Is.EqualTo((CommitResult.ControlChanged, CommitResult.Committed)));
        Assert.That(await AllAsync("out"), Is.EqualTo(["a"]));
    }

    [Test]
    public async Task Commit_OfAReaderThatDoesNotObey_LandsWhateverTheControlFlagIs()
    {
        await FeedAsync("a");
        await using var reader = await Bus.OpenAsync(Follower, Cancel);
        var batch = await BatchOfAllAsync(reader);
        await SetControlAsync("halted");

        var isChanged = await reader.IsControlChangedAsync(Cancel);
        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That((isChanged, result), Is.EqualTo((false, CommitResult.Committed)));
        Assert.That(await AllAsync("out"), Is.EqualTo(["a"]));
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
}

using System.Collections.Immutable;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>What <see cref="IStreamBus"/> promises of opening and reading.</summary>
public abstract class ReaderContract : StreamBusFixture
{
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

        for (var round = 0; round < RaceRounds; round++)
        {
            var openers = Enumerable.Range(0, 6).Select(_ => NewHost()).ToList();
            var readers = await Task.WhenAll(
                openers.Select(bus => Task.Run(() => bus.OpenAsync(Definition(mode), Cancel))));
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
    public async Task Open_StateOfAnotherVersion_IsRefusedWithTheWayOut()
    {
        await using (await Bus.OpenAsync(Follower, Cancel))
        {
        }

        Assert.That(
            async () => await Bus.OpenAsync(Follower with { StateVersion = 2 }, Cancel),
            Throws.TypeOf<RefusedException>().With.Message.Contains("version 1")
                .And.Message.Contains("expects version 2"));
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
            async () => await Bus.OpenAsync(Follower, Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("in"));
    }
}

using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>The loop on a real server, where a read rides behind each commit.</summary>
[TestFixture]
public sealed class StageLoopTests : RedisFixture
{
    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Run_MoreArrivesWhileASmallerBatchIsApplied_EachEntryOnceInOrder(ReadMode mode)
    {
        using var bus = NewHost();
        var definition = Copy(mode);
        await using (await bus.OpenAsync(definition, Cancel))
        {
        }

        await AddAsync(Texts(0, 2));
        var isMore = true;
        var stage = new CopyStage(definition)
        {
            Applied = () =>
            {
                if (isMore) AddAsync(Texts(2, 10)).GetAwaiter().GetResult();
                isMore = false;
            },
        };
        var loop = new StageLoop(
            bus, stage, new LoopLimits(16, TimeSpan.FromMilliseconds(20)), new LoopProgress("copy"));

        await RunUntilAsync(loop, async () => (await bus.InspectReaderAsync("copy", Cancel))!.Count >= 12);

        Assert.That(await TextsAsync("out"), Is.EqualTo(Texts(0, 12)));
    }

    [Test]
    public async Task Run_StageThrows_StopsAtThatEntryWhateverTheBatch(
        [Values] ReadMode mode, [Values(1, 2, 5, 16)] int batch, [Values] FailingPart part)
    {
        using var bus = NewHost();
        var definition = Copy(mode);
        await using (await bus.OpenAsync(definition, Cancel))
        {
        }

        await AddAsync(Texts(0, 12));
        var loop = new StageLoop(
            bus, new FailingStage(definition, "6", part), new LoopLimits(batch, TimeSpan.FromMilliseconds(20)),
            new LoopProgress("copy"));

        var failure = Assert.ThrowsAsync<StageFailedException>(() => loop.RunAsync(Cancel));
        var entries = await bus.RangeAsync("in", EntryId.Zero, 100, Cancel);

        Assert.That(failure!.Id, Is.EqualTo(entries[6].Id), failure.Message);
        Assert.That(failure.Message, Does.StartWith($"copy failed at in/{entries[6].Id}: "));
        Assert.That(await TextsAsync("out"), Is.EqualTo(Texts(0, 6)));
        Assert.That((await bus.InspectReaderAsync("copy", Cancel))!.Count, Is.EqualTo(6));
    }

    /// <summary>Where a stage breaks.</summary>
    public enum FailingPart
    {
        /// <summary>While it is shown the entry, after it wrote something.</summary>
        Apply,

        /// <summary>When it saves its state.</summary>
        Save,

        /// <summary>It wrote an entry that Redis does not take.</summary>
        Output,
    }

    /// <summary>Copies, until it meets a text.</summary>
    private sealed class FailingStage(ReaderDefinition reader, string text, FailingPart part) : IStage
    {
        private bool _hasMet;

        public ReaderDefinition Reader => reader;

        public void Restore(IReadOnlyDictionary<string, string> state) => _hasMet = false;

        public void Apply(Entry entry, Batch batch)
        {
            var output = batch.Append("out");
            _hasMet |= CopyStage.TextOf(entry) == text;
            if (!_hasMet || part != FailingPart.Output) output.Add("text"u8, CopyStage.TextOf(entry));
            if (_hasMet && part == FailingPart.Apply) throw new OverflowException("too much");
            batch.Complete(entry.Id);
        }

        public void Save(Batch batch)
        {
            if (_hasMet && part == FailingPart.Save) throw new OverflowException("too much");
        }
    }

    private static string[] Texts(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
}

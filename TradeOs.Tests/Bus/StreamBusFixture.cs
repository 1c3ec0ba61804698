using System.Collections.Immutable;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>A bus of some kind, the readers its tests open, and words for what they do.</summary>
public abstract class StreamBusFixture
{
    protected static readonly ReaderDefinition Source = new("source", null, ReadMode.Offset, ["in", "dead"], 1);
    protected static readonly ReaderDefinition Follower = new("follower", "in", ReadMode.Offset, ["out", "dead"], 1);
    protected static readonly ReaderDefinition Grouped = new("grouped", "in", ReadMode.Group, ["out", "dead"], 1);

    protected static readonly ImmutableDictionary<string, StreamLimit> Limits =
        ImmutableDictionary<string, StreamLimit>.Empty
        .Add("in", new StreamLimit(1000, ["follower"]))
        .Add("out", new StreamLimit(20, ["sink"]));

    protected static readonly ReaderDefinition Sink = new("sink", "out", ReadMode.Offset, [], 1);
    protected static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    protected static CancellationToken Cancel => TestContext.CurrentContext.CancellationToken;

    protected IStreamBus Bus { get; set; } = null!;

    /// <summary>How often hosts race for a reader.</summary>
    protected virtual int RaceRounds => 10;

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

    protected static ReaderDefinition Definition(ReadMode mode) => mode == ReadMode.Group ? Grouped : Follower;

    protected static async Task<IReadOnlyList<string>> ReadTextsAsync(IStreamReader reader, int countMax = 100) =>
        Texts(await reader.ReadAsync(countMax, Moment, Cancel));

    protected static async Task<IReadOnlyList<string>> ReadRestAsync(IStreamReader reader)
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

    protected static IReadOnlyList<string> Texts(IReadOnlyList<Entry> entries) => [.. entries.Select(CopyStage.TextOf)];

    protected static async Task<Batch> BatchOfAllAsync(IStreamReader reader, int countMax = 100, bool copy = true)
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

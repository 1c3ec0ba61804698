using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.Archive;

/// <summary>Archive and stream are one range, also while entries move from one into the other.</summary>
[TestFixture]
public sealed class ArchiveJoinTests : RedisFixture
{
    private const int Cap = 200;
    private const int Count = 20_000;
    private const string Stream = StreamNames.Fills;

    private static readonly ReaderDefinition Writer = new("writer", null, ReadMode.Offset, [Stream], 1);

    private static readonly ImmutableDictionary<string, StreamLimit> Limits =
        ImmutableDictionary<string, StreamLimit>.Empty.Add(
            Stream, new StreamLimit(Cap, [ArchiveReaders.NameOf(Stream)]));

    private readonly LoopProgress _progress = new("archive");

    [Test]
    public async Task History_ReadAgainAndAgainWhileItIsWrittenAndTrimmed_HasEveryEntryOnce()
    {
        using var data = new TemporaryDirectory();
        using var bus = NewBus();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var archiving = Task.Run(() => Loop(bus, data).RunAsync(stop.Token), CancellationToken.None);
        var writing = Task.Run(() => WriteAsync(bus), CancellationToken.None);
        var history = new StreamHistory(bus, bus.InspectStateAsync, data.Path);
        var (walks, last) = (0, 0);

        for (; !writing.IsCompleted || last < Count; walks++)
        {
            Assert.That(archiving.IsFaulted, Is.False, $"{archiving.Exception}");
            last = await WalkAsync(history);
        }

        await writing;
        await Poll.UntilAsync(() => Task.FromResult(_progress.Count == Count));
        await stop.CancelAsync();
        await archiving;

        var report = await bus.InspectStreamAsync(Stream, Cancel);
        Assert.That((report.Added, report.Length), Is.EqualTo(((long)Count, report.Length)));
        Assert.That(report.Length, Is.LessThanOrEqualTo(Cap));
        Assert.That(last, Is.EqualTo(Count));
        TestContext.Out.WriteLine($"{walks} walks, the stream held {report.Length} of {Count} entries at the end");
    }

    [Test]
    public async Task Before_AnEntryTheStreamStillHolds_ComesFromTheArchive()
    {
        using var data = new TemporaryDirectory();
        using var bus = NewBus();
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var archiving = Task.Run(() => Loop(bus, data).RunAsync(stop.Token), CancellationToken.None);
            await WriteAsync(bus);
            await Poll.UntilAsync(() => Task.FromResult(_progress.Count == Count));
            await stop.CancelAsync();
            await archiving;
        }

        var history = new StreamHistory(bus, bus.InspectStateAsync, data.Path);
        var first = (await bus.RangeAsync(Stream, EntryId.Zero, 1, Cancel))[0];
        foreach (var count in (int[])[1, 7, 1_000, Count])
        {
            var found = (await history.BeforeAsync(Stream, first.Id, count)).Select(NumberOf).ToList();
            var end = NumberOf(first);
            Assert.That(found, Is.EqualTo(Enumerable.Range(Math.Max(1, end - count), end - Math.Max(1, end - count))));
        }
    }

    /// <summary>The next entry is always the next number; what is the last one at that moment.</summary>
    private static async Task<int> WalkAsync(StreamHistory history)
    {
        var number = 0;
        await foreach (var entry in history.EntriesAsync(Stream, EntryId.Zero, EntryId.Max, Cancel))
            if (NumberOf(entry) != ++number) Assert.Fail($"entry {NumberOf(entry)} came behind {number - 1}");
        return number;
    }

    private static int NumberOf(Entry entry) => entry.Fields.TryGet("n"u8, out var text)
        ? int.Parse(System.Text.Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture)
        : 0;

    private static async Task WriteAsync(RedisStreamBus bus)
    {
        await using var writer = await bus.OpenAsync(Writer, Cancel);
        var batch = new Batch();
        for (var number = 1; number <= Count;)
        {
            batch.Clear();
            for (var entry = 0; entry < 20; entry++, number++) batch.Append(Stream).Add("n"u8, number);
            await writer.LandAsync(batch, Writer.Name, new LoopProgress(Writer.Name), Cancel);
        }
    }

    private ArchiveLoop Loop(RedisStreamBus bus, TemporaryDirectory data) => new(
        bus, new ArchiveFolder(data.Path, Stream),
        new ArchiveOptions { SegmentBytesMax = 2_000, FlushInterval = TimeSpan.FromMilliseconds(10) },
        ArchiveLoop.Limits(Cap, new LoopLimits(1, Moment)), _progress, TimeProvider.System, turn: 0);

    private RedisStreamBus NewBus() => new(
        Server.Options, Limits, new OpenGate(), Guid.NewGuid().ToString("N"), TimeProvider.System,
        NullLogger<RedisStreamBus>.Instance);
}

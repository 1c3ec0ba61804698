using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Replies larger than the connection keeps: the reader gets through, or stops and says why.</summary>
[TestFixture]
public sealed class LargeEntryTests : RedisFixture
{
    private const int BytesMax = 128 * 1024;

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Run_EntriesThatOnlyFitOneByOne_AllGetThroughInOrder(ReadMode mode)
    {
        using var bus = NewHost(options => options.ReplyBytesMax = BytesMax);
        var texts = Enumerable.Range(0, 20).Select(number => $"{number}:{new string('x', 50_000)}").ToArray();
        await (await bus.OpenAsync(Copy(mode), Cancel)).DisposeAsync();
        await AddAsync("small", "small too");
        await AddAsync(texts);
        await AddAsync("small again");

        await RunUntilAsync(Loop(bus, mode), async () => (await bus.InspectReaderAsync("copy", Cancel))!.Count >= 23);

        Assert.That(await TextsAsync("out"), Is.EqualTo(["small", "small too", .. texts, "small again"]));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Read_OneEntryLargerThanTheBound_GivesItsBeginningAndGoesOn(ReadMode mode)
    {
        using var bus = NewHost(options => options.ReplyBytesMax = BytesMax);
        await (await bus.OpenAsync(Copy(mode), Cancel)).DisposeAsync();
        await AddAsync("small");
        await Server.CliAsync(
            "EVAL", $"redis.call('XADD', 'in', '7777777777777-1', 'a', '1', 'text', string.rep('x', {10 * BytesMax}))",
            "0");
        await AddAsync("after");

        var read = await AllAsync(bus, mode, 3);

        Assert.That(read.Select(entry => entry.Fields.Count), Is.EqualTo([1, 2, 1]));
        Assert.That(read.Select(entry => entry.CutBytes > 0), Is.EqualTo([false, true, false]));
        Assert.That(read[1].Id.ToString(), Is.EqualTo("7777777777777-1"));
        Assert.That(read[1].Fields.ToString(), Does.Match("^a=1 text=x+$").And.Length.InRange(8000, 8200));
        Assert.That(read[1].Fields.EncodedBytes + read[1].CutBytes, Is.InRange(10 * BytesMax, (10 * BytesMax) + 64));
    }

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Read_OneEntryOfMoreFieldsThanTheBound_GivesItsBeginningAndGoesOn(ReadMode mode)
    {
        const int count = 600_000;
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(mode), Cancel)).DisposeAsync();
        using (var connection = await DataConnection.ConnectAsync(Server.Options, TimeProvider.System, Cancel))
        {
            var words = Enumerable.Repeat("x", 2 * count);
            await connection.AskAsync(["XADD", "in", "*", .. words]);
        }

        await AddAsync("after");

        var read = await AllAsync(bus, mode, 2);

        Assert.That(read[0].Fields.EncodedBytes + read[0].CutBytes, Is.EqualTo(2 * count * 7));
        Assert.That(read[0].Fields.ToString(), Does.StartWith("x=x x=x "));
        Assert.That(read[1].CutBytes, Is.Zero);
    }

    [Test]
    public async Task Read_ABurstOfLargeEntries_HoldsLittleMemory()
    {
        const int count = 200;
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        for (var number = 0; number < count; number++)
            await Server.CliAsync("EVAL", "redis.call('XADD', 'in', '*', 'text', string.rep('x', 1048576))", "0");
        var heldMax = 0;

        var read = await AllAsync(bus, ReadMode.Offset, count, 48, held => heldMax = Math.Max(heldMax, held));

        await TestContext.Out.WriteLineAsync($"{heldMax} bytes held at most");
        Assert.That(read, Has.Count.EqualTo(count));
        Assert.That(heldMax, Is.InRange(1024 * 1024, 32 * 1024 * 1024));
    }

    [Test]
    public async Task Open_StateLargerThanTheBound_StopsAndNamesTheReader()
    {
        using var bus = NewHost(options => options.ReplyBytesMax = BytesMax);
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        await Server.CliAsync(
            "EVAL", $"redis.call('HSET', '{RedisKeys.State("copy")}', 'key', string.rep('x', {BytesMax}))", "0");

        Assert.That(
            async () => await bus.OpenAsync(Copy(ReadMode.Offset), Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("copy: ")
                .And.Message.Contains("larger than"));
    }

    /// <summary>Reads so many entries the way a loop does, opening again after each doubt; their fields are kept up to
    /// 10 KB.</summary>
    private static async Task<List<Entry>> AllAsync(
        RedisStreamBus bus, ReadMode mode, int count, int countMax = 128, Action<int>? held = null)
    {
        var read = new List<Entry>();
        while (read.Count < count)
        {
            await using var reader = (RedisStreamReader)await bus.OpenAsync(Copy(mode), Cancel);
            try
            {
                while (read.Count < count) await ReadOnAsync(reader, read, countMax, held);
            }
            catch (BusUnavailableException)
            {
                // The entries together were too large: from now on they come one by one.
            }
        }

        return read;
    }

    private static async Task ReadOnAsync(
        RedisStreamReader reader, List<Entry> read, int countMax, Action<int>? held)
    {
        var batch = new Batch();
        foreach (var entry in await reader.ReadAsync(countMax, Moment, Cancel))
        {
            var isSmall = entry.Fields.EncodedBytes < 10_000;
            read.Add(isSmall ? entry with { Fields = entry.Fields.Copy() } : entry with { Fields = default });
            batch.Complete(entry.Id);
        }

        if (!batch.IsEmpty) Assert.That(await reader.CommitAsync(batch, Cancel), Is.EqualTo(CommitResult.Committed));
        held?.Invoke(reader.HeldBytes);
    }

    private static StageLoop Loop(RedisStreamBus bus, ReadMode mode) =>
        new(bus, new CopyStage(Copy(mode)), new LoopLimits(16, Moment), new LoopProgress("copy"));
}

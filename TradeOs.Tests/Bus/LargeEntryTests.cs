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
    public async Task Run_OneEntryLargerThanTheBound_StopsAndNamesIt(ReadMode mode)
    {
        using var bus = NewHost(options => options.ReplyBytesMax = BytesMax);
        await (await bus.OpenAsync(Copy(mode), Cancel)).DisposeAsync();
        await AddAsync("small");
        await Server.CliAsync(
            "EVAL", $"redis.call('XADD', 'in', '7777777777777-1', 'text', string.rep('x', {BytesMax}))", "0");
        await AddAsync("after");

        for (var start = 0; start < 2; start++)
        {
            Assert.That(
                async () => await RunUntilAsync(Loop(bus, mode), () => Task.FromResult(false)),
                Throws.TypeOf<StreamDamagedException>()
                    .With.Message.Contains("in: the entry after ")
                    .And.Message.Contains($"larger than {BytesMax} bytes"));
        }

        Assert.That(await TextsAsync("out"), Is.EqualTo(["small"]));
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

    private static StageLoop Loop(RedisStreamBus bus, ReadMode mode) =>
        new(bus, new CopyStage(Copy(mode)), new LoopLimits(16, Moment), new LoopProgress("copy"));
}

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
        var stage = new CopyStage(definition) { Applied = () => AddAsync(Texts(2, 10)).GetAwaiter().GetResult() };
        var loop = new StageLoop(
            bus, stage, new LoopLimits(16, TimeSpan.FromMilliseconds(20)), new LoopProgress("copy"));

        await RunUntilAsync(loop, async () => (await bus.InspectReaderAsync("copy", Cancel))!.Count >= 12);

        Assert.That(await TextsAsync("out"), Is.EqualTo(Texts(0, 12)));
    }

    private static string[] Texts(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
}

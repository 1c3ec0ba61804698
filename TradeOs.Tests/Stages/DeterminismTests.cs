using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>What a stage writes depends on what it is fed, never on how it is driven.</summary>
public sealed class DeterminismTests
{
    private static readonly int[] BatchCounts = [1, 7, 256];

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public async Task Stages_HoweverBatchedRestartedAndCrashed_WriteTheSame(string path)
    {
        var events = Recordings.Read(path);
        var expected = await TextAsync(events, 100, Life.Calm);

        foreach (var batchCountMax in BatchCounts)
        {
            foreach (var life in Enum.GetValues<Life>())
            {
                var found = await TextAsync(events, batchCountMax, life);
                Assert.That(found, Is.EqualTo(expected), $"{life}, batches of {batchCountMax}");
            }
        }
    }

    [Test]
    public async Task Stages_OnManySymbolsAtOnce_WriteForEachWhatTheyWriteForItAlone()
    {
        var alone = Recordings.Read(Recorded.BtcFutures).Cast<Trade>().ToArray();
        var mixed = alone.SelectMany(trade => new[] { trade, trade with { Symbol = "COPY:1" } });

        var expected = await SignalsAsync(alone, "BTCUSDT");
        var found = await SignalsAsync(mixed, "COPY:1");

        Assert.That(found, Is.EqualTo(expected).And.Not.Empty);
    }

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public async Task Stages_HostedTogether_WriteWhatTheyWriteOneAfterTheOther(string path)
    {
        var events = Recordings.Read(path);
        var expected = await (await new PipelineRun(new StageOptions(), 256).FeedAsync(events)).RunAsync();
        var hosted = await new PipelineRun(new StageOptions(), 256).FeedAsync(events);

        using var stop = new CancellationTokenSource();
        var limits = new LoopLimits(50, TimeSpan.FromMilliseconds(20));
        var loops = Pipeline.CreateStages(new StageOptions())
            .Select(stage => new StageLoop(hosted.Bus, stage, limits, new LoopProgress(stage.Reader.Name)))
            .Select(loop => loop.RunAsync(stop.Token))
            .ToArray();
        await UntilAllReadAsync(hosted, (await expected.EntriesAsync(StreamNames.Outcomes)).Count, loops);
        await stop.CancelAsync();
        await Task.WhenAll(loops);

        foreach (var stream in Topology.Path)
            Assert.That(
                Text(await hosted.EntriesAsync(stream)), Is.EqualTo(Text(await expected.EntriesAsync(stream))), stream);
    }

    private static async Task UntilAllReadAsync(PipelineRun run, long outcomes, Task[] loops)
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            Assert.That(loops.Where(loop => loop.IsFaulted), Is.Empty);
            var last = await run.Bus.InspectReaderAsync("metrics-publisher", CancellationToken.None);
            if (last?.Count == outcomes) return;
            await Task.Delay(20);
        }

        Assert.Fail("The stages did not come to the end of the recording within 20 s.");
    }

    private static async Task<IReadOnlyList<string>> TextAsync(
        IEnumerable<MarketEvent> events, int batchCountMax, Life life)
    {
        var run = await new PipelineRun(new StageOptions(), batchCountMax, life).FeedAsync(events);
        return await (await run.RunAsync()).TextAsync();
    }

    private static async Task<string[]> SignalsAsync(IEnumerable<MarketEvent> events, string symbol)
    {
        var run = await (await new PipelineRun(new StageOptions(), 64, Life.Restarts).FeedAsync(events)).RunAsync();
        return
        [
            .. (await run.EntriesAsync(StreamNames.SignalsRaw))
                .Where(entry => TestText.Of(entry, "symbol") == symbol)
                .Select(entry => TestText.Of(entry, "at") + TestText.Of(entry, "reason")),
        ];
    }

    private static IEnumerable<string> Text(IEnumerable<Entry> entries) =>
        entries.Select(entry => $"{entry.Id} {entry.Fields}");
}

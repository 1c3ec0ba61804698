using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class PipelineTests
{
    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public async Task Pipeline_OnARecording_EndsInMetricsAndLosesNothing(string path)
    {
        var run = await (await new PipelineRun(new StageOptions(), 256).FeedAsync(Recordings.Read(path))).RunAsync();

        foreach (var stream in Topology.Streams)
            await TestContext.Out.WriteLineAsync($"{stream} {(await run.EntriesAsync(stream)).Count}");
        foreach (var line in (await run.TextAsync()).Where(line => line.StartsWith(StreamNames.Metrics, StringComparison.Ordinal)).TakeLast(1))
            await TestContext.Out.WriteLineAsync(line);
        foreach (var group in (await run.EntriesAsync(StreamNames.Rejected)).GroupBy(entry => TestText.Of(entry, "code")))
            await TestContext.Out.WriteLineAsync($"{group.Key} {group.Count()}");
        Assert.That(await run.EntriesAsync(StreamNames.Metrics), Has.Count.GreaterThan(3));
        Assert.That(await run.EntriesAsync(StreamNames.DeadLetters), Is.Empty);
    }
}

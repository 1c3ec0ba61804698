using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>All eight stages with shipped settings over recorded markets.</summary>
public sealed class PipelineTests
{
    private static readonly string[] SideFields = ["stage", "cause", "id"];

    [Test]
    public void CreateStages_FollowsTheTopology() => Assert.That(
        Pipeline.CreateStages(new StageOptions()).Select(stage => stage.Reader), Is.EqualTo(Topology.Stages));

    [Test]
    public void CreateStages_FromAWrongSetting_NamesIt()
    {
        var options = new StageOptions { Modifier = new ModifierOptions { WeightMin = 3, WeightMax = 2 } };

        Assert.That(
            () => Pipeline.CreateStages(options),
            Throws.ArgumentException.With.Message.Contains(
                "Modifier:WeightMin is 3, expected at most WeightMax, which is 2."));
    }

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public async Task Pipeline_OnARecording_MakesRoundTripsOfTheMarket(string path)
    {
        var run = await RunAsync(path, 256);

        foreach (var stream in Topology.Streams)
            await TestContext.Out.WriteLineAsync($"{stream} {(await run.EntriesAsync(stream)).Count}");
        Assert.That(await run.EntriesAsync(StreamNames.Metrics), Has.Count.GreaterThan(3));
        Assert.That(await run.EntriesAsync(StreamNames.DeadLetters), Is.Empty);
    }

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public async Task Pipeline_OnARecording_AccountsForEveryInput(string path)
    {
        var run = await RunAsync(path, 256);

        foreach (var stage in Topology.Stages)
        {
            var read = (await run.EntriesAsync(stage.Input!)).Count;
            var written = await WrittenByAsync(run, stage);
            var checkpoint = (await run.Bus.InspectReaderAsync(stage.Name, CancellationToken.None))!;
            Assert.That(checkpoint.Count, Is.EqualTo(read), $"{stage.Name} read everything");
            Assert.That(checkpoint.Written, Is.EqualTo(written.Count), $"{stage.Name} wrote what its streams hold");
            Assert.That(
                checkpoint.Silent + written.Distinct().Count(), Is.EqualTo(read), $"{stage.Name} accounts for all");
        }
    }

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public async Task Pipeline_OnARecording_ConservesMoney(string path)
    {
        var run = await RunAsync(path, 256);
        var fills = await run.EntriesAsync(StreamNames.Fills);
        var outcomes = await run.EntriesAsync(StreamNames.Outcomes);
        var last = (await run.EntriesAsync(StreamNames.Metrics))[^1];

        var sold = fills.Where(fill => TestText.Of(fill, "side") == "sell").ToArray();
        Assert.That(Sum(outcomes, "qty"), Is.EqualTo(Sum(sold, "qty")), "every unit sold is in an outcome");
        Assert.That(TestText.NumberOf(last, "gross_pnl"), Is.EqualTo(Sum(outcomes, "pnl")), "metrics add outcomes up");
        Assert.That(TestText.NumberOf(last, "fees"), Is.EqualTo(Sum(outcomes, "fees")), "and their fees");
        Assert.That(Sum(outcomes, "fees"), Is.LessThanOrEqualTo(Sum(fills, "fee")), "no fee is counted twice");
    }

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public async Task Pipeline_OnARecording_TracesEveryEntryToTheMarket(string path)
    {
        var run = await RunAsync(path, 256);
        var traceOf = (await run.EntriesAsync(StreamNames.MarketData)).ToDictionary(
            entry => entry.Id.ToString(), entry => entry.Id.ToString());

        foreach (var stage in Topology.Stages)
        {
            var next = new Dictionary<string, string>();
            foreach (var entry in await run.EntriesAsync(stage.Outputs[0]))
            {
                next[entry.Id.ToString()] = TestText.Of(entry, "trace");
                Assert.That(TestText.Of(entry, "trace"), Is.EqualTo(traceOf[TestText.Of(entry, "cause")]), stage.Name);
            }

            traceOf = next;
        }
    }

    private static async Task<PipelineRun> RunAsync(string path, int batchCountMax) =>
        await (await new PipelineRun(new StageOptions(), batchCountMax).FeedAsync(Recordings.Read(path))).RunAsync();

    /// <summary>Id of the input of everything the stage wrote, once for each entry.</summary>
    private static async Task<List<string>> WrittenByAsync(PipelineRun run, ReaderDefinition stage)
    {
        var causes = (await run.EntriesAsync(stage.Outputs[0])).Select(entry => TestText.Of(entry, "cause")).ToList();
        foreach (var stream in Topology.SideStreams)
        {
            causes.AddRange((await run.EntriesAsync(stream))
                .Where(entry => TestText.Of(entry, SideFields[0]) == stage.Name)
                .Select(entry => TestText.Of(entry, SideFields[1]) + TestText.Of(entry, SideFields[2])));
        }

        return causes;
    }

    private static decimal Sum(IEnumerable<Entry> entries, string field) =>
        entries.Sum(entry => TestText.NumberOf(entry, field));
}

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Bus;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>100,000 random entries: nothing throws, nothing is lost count of, nothing grows without bound.</summary>
[TestFixture]
public sealed class EntryFuzzTests : RedisFixture
{
    private const int EntryCount = 100_000;
    private const int OutputBytesMax = 20_000;

    [Test]
    public void Stages_OnRandomEntries_AccountForEachAndGoOn()
    {
        var mutation = new EntryMutation(Seed.Next());
        var totals = new long[4];

        foreach (var stage in Pipeline.CreateStages(new StageOptions()))
        {
            var state = new Dictionary<string, string>();
            stage.Restore(state);
            for (var first = 0; first < EntryCount / Topology.Stages.Length; first += 100)
                Show(stage, mutation, first, state, totals);
        }

        TestContext.Out.WriteLine(
            $"{totals[0]} entries: {totals[1]} dead letters, {totals[2]} with other outputs, {totals[3]} silent");
        Assert.That(totals[0], Is.EqualTo(EntryCount));
        Assert.That(totals[1] + totals[2] + totals[3], Is.EqualTo(EntryCount));
        Assert.That(totals, Has.All.GreaterThan(EntryCount / 100), "each kind of answer is given");
    }

    [Test]
    public async Task Pipeline_OnRandomEntriesInEveryStream_AccountsForEachOnRealRedis()
    {
        var mutation = new EntryMutation(Seed.Next());
        foreach (var stage in Topology.Stages)
        {
            var entries = Enumerable.Range(0, 400).Select(number => mutation.Next(stage.Input!, number));
            await StageRun.AddAsync(Server, stage.Input!, [.. entries]);
        }

        using var bus = NewHost();
        foreach (var stage in Topology.Stages) await RunAsync(bus, stage.Name);

        foreach (var stage in Topology.Stages)
        {
            var checkpoint = (await bus.InspectReaderAsync(stage.Name, Cancel))!;
            var written = await WrittenByAsync(bus, stage);
            Assert.That(checkpoint.Count, Is.GreaterThanOrEqualTo(400).And.EqualTo(
                (await bus.InspectStreamAsync(stage.Input!, Cancel)).Added), stage.Name);
            Assert.That(checkpoint.Written, Is.EqualTo(written.Count), stage.Name);
            Assert.That(checkpoint.Silent + written.Distinct().Count(), Is.EqualTo(checkpoint.Count), stage.Name);
        }

        var dead = await bus.RangeAsync(StreamNames.DeadLetters, EntryId.Zero, 100_000, Cancel);
        Assert.That(
            dead.Select(letter => TestText.Of(letter, "stream") + TestText.Of(letter, "id")), Is.Unique.And.Not.Empty);
    }

    private static void Show(
        IStage stage, EntryMutation mutation, int first, Dictionary<string, string> state, long[] totals)
    {
        var (inputs, batch) = (new Batch(), new Batch());
        for (var index = 0; index < 100; index++)
            mutation.Next(stage.Reader.Input!, first + index).Write(inputs.Append(stage.Reader.Input!));
        for (var index = 0; index < 100; index++)
        {
            var before = batch.OutputCount;
            stage.Apply(new Entry(new EntryId((ulong)(first + index + 1), 0), inputs.FieldsOf(index)), batch);
            totals[0]++;
            totals[AnswerOf(batch, before)]++;
        }

        stage.Save(batch);
        Assert.That(batch.InputCount, Is.EqualTo(100));
        foreach (var (key, value) in batch.StateChanges)
        {
            if (value is null) state.Remove(key);
            else state[key] = value;
        }

        stage.Restore(state);
    }

    /// <summary>1 a dead letter and nothing else, 2 other outputs, 3 nothing.</summary>
    private static int AnswerOf(Batch batch, int before)
    {
        var dead = 0;
        for (var output = before; output < batch.OutputCount; output++)
        {
            Assert.That(batch.FieldsOf(output).EncodedBytes, Is.LessThan(OutputBytesMax));
            if (batch.Outputs[output].Stream == StreamNames.DeadLetters) dead++;
        }

        var others = batch.OutputCount - before - dead;
        Assert.That((dead, others), Is.AnyOf((0, others), (1, 0)), "a dead letter is one and comes alone");
        Assert.That(others, Is.LessThanOrEqualTo(20), "what one entry causes is bounded");
        return dead > 0 ? 1 : others > 0 ? 2 : 3;
    }

    private static async Task RunAsync(RedisStreamBus bus, string name)
    {
        var stage = Pipeline.CreateStages(new StageOptions()).Single(stage => stage.Reader.Name == name);
        var added = (await bus.InspectStreamAsync(stage.Reader.Input!, Cancel)).Added;
        var loop = new StageLoop(bus, stage, new LoopLimits(64, Moment), new LoopProgress(name));
        await RunUntilAsync(loop, async () => (await bus.InspectReaderAsync(name, Cancel))?.Count >= added);
    }

    /// <summary>Id of the input of everything the stage wrote, by what only it writes.</summary>
    private static async Task<List<string>> WrittenByAsync(RedisStreamBus bus, ReaderDefinition stage)
    {
        var causes = new List<string>();
        foreach (var stream in (string[])[StreamNames.Rejected, StreamNames.DeadLetters])
        {
            foreach (var entry in await bus.RangeAsync(stream, EntryId.Zero, 100_000, Cancel))
            {
                if (TestText.Of(entry, "stage") != stage.Name) continue;
                causes.Add(TestText.Of(entry, stream == StreamNames.Rejected ? "cause" : "id"));
            }
        }

        // Behind what the fuzz added, which came first.
        foreach (var entry in (await bus.RangeAsync(stage.Outputs[0], EntryId.Zero, 100_000, Cancel))
            .Skip(stage.Outputs[0] == StreamNames.Metrics ? 0 : 400))
            causes.Add(TestText.Of(entry, "cause"));
        return causes;
    }
}

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>An entry in the middle of the path that an operator appended again is no stranger, and whoever may be one
/// where resolutions were trimmed is not called one.</summary>
[TestFixture]
public sealed class RequeueTests
{
    private const string Planner = "intent-planner";

    private PipelineCopy _whole = null!;

    [OneTimeSetUp]
    public async Task MakeAsync() => _whole = await FinishedPipeline.MakeAsync();

    [Test]
    public void Check_AnEntryOfTheMiddleThatWasBuriedAndAppendedAgain_IsInOrder()
    {
        var requeued = Requeued();
        var stranger = Requeued();
        stranger.Lose(StreamNames.DeadLetters, stranger.Streams[StreamNames.DeadLetters].Count - 1);

        Assert.That(requeued.Check().Findings, Is.Empty);
        Assert.That(stranger.Check().Counts, Does.ContainKey(CheckCodes.OutsideEntry));
    }

    [Test]
    public void Check_TheSameTrimmed_FindsNothing()
    {
        foreach (var stream in Topology.Streams)
        {
            for (var left = 0; left < 3; left++)
            {
                var trimmed = Requeued();
                trimmed.Trim(stream, Math.Max(0, trimmed.Streams[stream].Count - left));
                Assert.That(trimmed.Check().Findings, Is.Empty, $"{stream}, {left} left");
            }
        }
    }

    /// <summary>A resolution that would tell where it came from may be among those that are gone.</summary>
    [Test]
    public void Check_AStrangerOlderThanTheLettersLeft_IsNotProvenToBeOne([Values(0, 1)] int left)
    {
        var trimmed = _whole.Clone();
        trimmed.Trim(StreamNames.DeadLetters, trimmed.Streams[StreamNames.DeadLetters].Count - left);
        trimmed.Rewrite(StreamNames.Fills, 0, fields => fields.Where(one => one.Name != "cause"));
        var report = trimmed.Check();

        Assert.That(report.Counts, Does.Not.ContainKey(CheckCodes.OutsideEntry));
        Assert.That(report.Unproven.Select(line => line.What), Has.Some.StartsWith("whether an operator requeued it"));
    }

    /// <summary>What the planner refused last, buried by it instead, then appended again and refused.</summary>
    private PipelineCopy Requeued()
    {
        var copy = _whole.Clone();
        var place = copy.Streams[StreamNames.Rejected].FindLastIndex(
            entry => Stages.TestText.Of(entry, "stage") == Planner);
        var refusal = copy.Streams[StreamNames.Rejected][place];
        var cause = Stages.TestText.Of(refusal, "cause");
        var entry = copy.Streams[StreamNames.SignalsModified].Single(held => $"{held.Id}" == cause);
        copy.Lose(StreamNames.Rejected, place);
        var batch = new Batch();
        new DeadLetter(Planner, StreamNames.SignalsModified, cause, "a test", RawBytes.Of(entry.Fields))
            .Write(batch.Append(StreamNames.DeadLetters));
        var letter = Append(copy, StreamNames.DeadLetters, batch.Appended(StreamNames.DeadLetters).Single());
        var again = Append(copy, StreamNames.SignalsModified, entry.Fields);
        copy.Rewrite(
            StreamNames.SignalsModified, copy.Streams[StreamNames.SignalsModified].Count - 1,
            fields => fields.Where(one => one.Name is not ("trace" or "cause")));
        var resolution = new Resolution(letter, true, StreamNames.SignalsModified, again, "mended");
        Append(copy, StreamNames.DeadLetters, resolution.ToFields());
        Append(copy, StreamNames.Rejected, refusal.Fields);
        copy.Change(
            StreamNames.Rejected, copy.Streams[StreamNames.Rejected].Count - 1, ("trace", $"{again}"),
            ("cause", $"{again}"));
        copy.Checkpoint(Planner, at => at with { Count = at.Count + 1, Written = at.Written + 1, Position = again });
        return copy;
    }

    private static EntryId Append(PipelineCopy copy, string stream, Fields fields)
    {
        copy.Append(stream, "a b");
        copy.Streams[stream][^1] = copy.Streams[stream][^1] with { Fields = fields };
        return copy.Streams[stream][^1].Id;
    }
}

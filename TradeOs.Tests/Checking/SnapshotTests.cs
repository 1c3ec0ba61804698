using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>Checkpoints, groups and trimmed streams, changed in the copy of a finished pipeline.</summary>
[TestFixture]
public sealed class SnapshotTests
{
    private PipelineCopy _whole = null!;

    private static IEnumerable<string> Readers => Topology.Readers.Select(reader => reader.Name);

    private static IEnumerable<string> Groups =>
        Topology.Stages.Where(stage => stage.Mode == ReadMode.Group).Select(stage => stage.Name);

    [OneTimeSetUp]
    public async Task MakeAsync() => _whole = await FinishedPipeline.MakeAsync();

    [TestCaseSource(nameof(Readers))]
    [Finds("count-ahead", "position", "vanished", "silent", "written", "cause-ahead", "checkpoint")]
    public void Check_AnyNumberOfACheckpointChanged_IsFound(string reader)
    {
        foreach (var change in (Func<Checkpoint, Checkpoint>[])
        [
            at => at with { Count = at.Count + 1 }, at => at with { Count = at.Count - 1 },
            at => at with { Written = at.Written + 1 }, at => at with { Written = at.Written - 1 },
            at => at with { Silent = at.Silent + 1 }, at => at with { Silent = at.Silent - 1 },
            at => at with { Position = at.Position with { Sequence = at.Position.Sequence + 1 } },
            at => at with { Position = new EntryId(1, 0) },
        ])
        {
            var before = _whole.Snapshot.Readers[reader].Checkpoint!;
            var damaged = _whole.Clone();
            damaged.Checkpoint(reader, change);
            Assert.That(damaged.Check(atRest: false).Findings, Is.Not.Empty, $"{before} {change(before)}");
        }
    }

    [TestCaseSource(nameof(Readers))]
    public void Check_ACheckpointGoneOrUnreadable_IsFound(string reader)
    {
        foreach (var (wasOpened, fault) in (IEnumerable<(bool, string?)>)
            [(true, null), (true, "count \"many\""), (false, "count \"many\"")])
        {
            var damaged = _whole.Clone();
            damaged.Snapshot = damaged.Snapshot with
            {
                Readers = damaged.Snapshot.Readers.SetItem(reader, new ReaderSnapshot(wasOpened, null, fault)),
            };

            Assert.That(damaged.Check().Counts, Does.ContainKey(CheckCodes.Checkpoint));
        }
    }

    [TestCaseSource(nameof(Groups))]
    [Finds("group-missing", "group-moved", "acknowledgement", "consumer", "waiting")]
    public void Check_AnythingOfAGroupChanged_IsFound(string stage)
    {
        var position = _whole.Snapshot.Readers[stage].Checkpoint!.Position;
        var behind = position with { Sequence = position.Sequence + 1 };
        Expect(CheckCodes.Acknowledgement, group => group with { Pending = 1, PendingFirst = [position] });
        Expect(CheckCodes.GroupMoved, group => group with { LastDelivered = new EntryId(1, 0) });
        Expect(CheckCodes.GroupMoved, group => group with { Pending = 1, PendingFirst = [behind] });
        Expect(CheckCodes.GroupMissing, group => group with { Name = "other" });
        Expect(CheckCodes.Consumer, group => group with { Consumers = [new ConsumerSnapshot("stranger", 1)] });
        Expect(CheckCodes.Waiting, group => group with { Lag = 1 }, "found lag 1, expected lag 0 at rest");
        Expect(
            CheckCodes.Waiting, group => group with { Pending = 1, PendingFirst = [behind] },
            "found 1 pending, expected nothing pending at rest");

        void Expect(string code, Func<GroupSnapshot, GroupSnapshot> change, string said = "")
        {
            var damaged = _whole.Clone();
            damaged.Group(stage, change);
            Assert.That(damaged.Check().Findings.Where(
                finding => finding.Code == code && $"{finding}".Contains(said, StringComparison.Ordinal)),
                Is.Not.Empty, $"{code} {said}");
        }
    }

    /// <summary>Delivered and not committed yet is what a moving pipeline looks like, and so is a stranger that holds
    /// nothing.</summary>
    [TestCaseSource(nameof(Groups))]
    public void Check_AnEntryInTheHandsOfItsStage_IsAFindingOnlyAtRest(string stage)
    {
        var moving = _whole.Clone();
        var input = Topology.Reader(stage).Input!;
        moving.Repeat(input, moving.Streams[input].Count - 1);
        var last = moving.Streams[input][^1].Id;
        moving.Group(stage, group => group with
        {
            LastDelivered = last, Pending = 1, PendingFirst = [last],
            Consumers = [new ConsumerSnapshot(stage, 1), new ConsumerSnapshot("stranger", 0)],
        });

        string[] ofGroups =
            [CheckCodes.GroupMoved, CheckCodes.Acknowledgement, CheckCodes.Consumer, CheckCodes.Waiting];
        Assert.That(moving.Check(atRest: false).Counts.Keys.Intersect(ofGroups), Is.Empty);
        Assert.That(moving.Check().Counts, Does.ContainKey(CheckCodes.Waiting));
    }

    /// <summary>Moved forward: entries were delivered to nobody.</summary>
    [Test]
    public void Check_AGroupMovedOverEntriesThatWait_IsFound()
    {
        var damaged = _whole.Clone();
        var intents = damaged.Streams[StreamNames.TradeIntents];
        damaged.Append(StreamNames.TradeIntents, "a b");
        damaged.Group("feasibility", group => group with { LastDelivered = intents[^1].Id });

        Assert.That(damaged.Check(atRest: false).Counts, Does.ContainKey(CheckCodes.GroupMoved));
    }

    [TestCase("fills")]
    [Finds("stream-missing", "id-order")]
    public void Check_AStreamGoneOrOutOfOrder_IsFound(string stream)
    {
        var gone = _whole.Clone();
        gone.Streams[stream].Clear();
        gone.Snapshot = gone.Snapshot with
        {
            Streams = gone.Snapshot.Streams.SetItem(stream, new StreamSnapshot("hash", default, [])),
        };
        var turned = _whole.Clone();
        turned.Streams[stream].Reverse();

        Assert.That(gone.Check().Counts, Does.ContainKey(CheckCodes.StreamMissing));
        Assert.That(turned.Check().Counts, Does.ContainKey(CheckCodes.IdOrder));
    }

    /// <summary>What its readers have read may go at any time; nothing of that is a finding, and it is said.</summary>
    [Test]
    public void Check_AnyStreamsTrimmed_FindsNothingAndSaysWhatIsNotProven()
    {
        var random = new Random(Seed.Next());
        for (var trial = 0; trial < 60; trial++)
        {
            var trimmed = _whole.Clone();
            foreach (var stream in Topology.Streams)
                if (random.Next(3) == 0) trimmed.Trim(stream, random.Next(trimmed.Streams[stream].Count + 1));
            var report = trimmed.Check();

            Assert.That(report.Findings, Is.Empty, $"trial {trial}");
            var isTrimmed = Topology.Streams.Any(
                stream => _whole.Streams[stream].Count > trimmed.Streams[stream].Count);
            if (isTrimmed) Assert.That(report.Unproven, Is.Not.Empty, $"trial {trial}");
        }
    }

    /// <summary>The same without chance: each stream half and whole, alone and all together.</summary>
    [Test]
    public void Check_EachStreamHalfOrWhollyTrimmed_FindsNothing()
    {
        foreach (var part in (int[])[2, 1])
        {
            var all = _whole.Clone();
            foreach (var stream in Topology.Streams)
            {
                var one = _whole.Clone();
                one.Trim(stream, _whole.Streams[stream].Count / part);
                all.Trim(stream, _whole.Streams[stream].Count / part);
                Assert.That(one.Check().Findings, Is.Empty, stream);
            }

            Assert.That(all.Check().Findings, Is.Empty);
        }
    }

    /// <summary>Trimmed while it was read, behind what its stage had processed: not proven, and no finding.</summary>
    [Test]
    public void Check_EntriesTrimmedWhileTheyWereRead_AreNotProven()
    {
        var overtaken = _whole.Clone();
        for (var more = 0; more < 2; more++) overtaken.Append(StreamNames.SignalsRaw, "at x symbol Z");
        overtaken.Streams[StreamNames.SignalsRaw].Clear();
        var report = overtaken.Check(atRest: false);

        Assert.That(report.Findings, Is.Empty);
        Assert.That(report.Unproven.Select(line => line.What), Has.Some.StartsWith("its position: the entries around"));
    }

    /// <summary>What was trimmed hides nothing behind it.</summary>
    [Test]
    public void Check_AnEntryLostBehindWhatWasTrimmed_IsFoundAllTheSame()
    {
        foreach (var stream in Topology.Path.Skip(1))
        {
            var damaged = _whole.Clone();
            foreach (var trimmed in Topology.Path) damaged.Trim(trimmed, _whole.Streams[trimmed].Count / 2);
            Assert.That(damaged.Check().Findings, Is.Empty);
            damaged.Lose(stream, damaged.Streams[stream].Count - 2);

            Assert.That(damaged.Check().Findings, Is.Not.Empty, stream);
        }
    }

    [Test]
    public void Check_WhatWaits_IsAFindingOnlyAtRest()
    {
        var moving = _whole.Clone();
        moving.Append(StreamNames.SignalsRaw, "at 2024-08-09T04:00:00Z symbol Z");

        Assert.That(moving.Check(atRest: false).Findings, Is.Empty);
        Assert.That(moving.Check(atRest: false).Stages[1].Waiting, Is.EqualTo(1));
        Assert.That(moving.Check().Findings.Single().ToString(), Is.EqualTo(
            "signals.raw: found 1 entries signal-qualifier has not processed, expected none at rest. Let the " +
            "pipeline run until idle: tradeos run --feed none --until-idle."));
    }

    /// <summary>Profit and loss are computed again from where a strategy is known to hold nothing.</summary>
    [Test]
    public void Check_AnOutcomeChangedBehindTrimmedFills_IsFound()
    {
        var damaged = _whole.Clone();
        damaged.Trim(StreamNames.Fills, 3);
        var last = damaged.Streams[StreamNames.Outcomes].Count - 1;
        damaged.Change(StreamNames.Outcomes, last, ("held_ms", "1"));

        Assert.That(damaged.Check().Counts, Does.ContainKey(CheckCodes.Profit));
    }
}

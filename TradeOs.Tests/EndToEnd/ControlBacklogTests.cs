using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A halt in the middle of thousands of waiting entries: the very next commit is under it.</summary>
[TestFixture]
public sealed class ControlBacklogTests : ControlFixture
{
    private const string Halted = "mode=halted number=1 since=2026-11-22T20:00:00Z reason=test";
    private const string Reduced = "mode=reduce-only number=1 since=2026-11-22T20:00:00Z reason=test";

    [TestCase("feasibility", Halted, RejectionCodes.TradingHalted)]
    [TestCase("feasibility", Reduced, RejectionCodes.TradingReduceOnly)]
    [TestCase("execution", Halted, RejectionCodes.TradingHalted)]
    [TestCase("execution", Reduced, RejectionCodes.TradingReduceOnly)]
    public async Task Flag_SetInTheMiddleOfABacklog_HoldsFromTheVeryNextEntry(string stage, string flag, string code)
    {
        var reader = Topology.Reader(stage);
        var at = new Random(Seed.Next()).Next(100, Backlog / 4);
        await AddAsync(reader.Input!, 1, Backlog);
        await using var host = StartHost(batchCountMax: 2);
        await ReachAsync(host, stage, at);

        // The flag and how far the stage was when it was set, in one step of the server.
        var counted = await Server.CliAsync(
            "EVAL", SetAndCount, "2", RedisKeys.Control, RedisKeys.Checkpoint(stage), flag);
        await ReachAsync(host, stage, Backlog);
        await host.SignalAsync("TERM");
        await host.EndAsync();

        TestContext.Out.WriteLine($"{stage} obeyed after {counted} of {Backlog}");
        var note = (await NotesAsync(stage)).Single();
        Assert.That(note.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(counted));
        Assert.That(note.Count, Is.InRange(1, Backlog - 1), "the flag must land while the backlog moves");
        var output = await EntriesAsync(reader.Outputs[0]);
        var later = output.Where(entry => EntryId.Parse(TestText.Of(entry, "cause")) > note.After).ToList();
        if (flag == Halted) Assert.That(later, Is.Empty, "nothing passes a halt");
        Assert.That(later.Select(entry => TestText.Of(entry, "side")), Does.Not.Contain("buy"));
        var refused = (await EntriesAsync(StreamNames.Rejected)).Where(entry =>
            TestText.Of(entry, "stage") == stage && TestText.Of(entry, "code") == code).ToList();
        var entries = await EntriesAsync(reader.Input!);
        var forbidden = entries.Where(entry => entry.Id > note.After
            && (flag == Halted || TestText.Of(entry, "side") == "buy"));
        Assert.That(
            refused.Select(entry => TestText.Of(entry, "cause")), Is.EqualTo(forbidden.Select(entry => $"{entry.Id}")));
    }

    [Test]
    public async Task Host_KilledAtEveryChange_WritesWhatARunWithTheSameChangesWrites()
    {
        const int changes = 12;
        const int round = Backlog / changes;
        var random = new Random(Seed.Next());
        string[] modes = ["halted", "reduce-only", "normal"];
        for (var change = 1; change <= changes; change++)
        {
            var before = await CountAsync("feasibility");
            await AddAsync(StreamNames.TradeIntents, ((change - 1) * round) + 1, change * round);
            await using var host = StartHost(batchCountMax: 2);
            await ReachAsync(host, "feasibility", before + random.Next(1, round / 4));
            await Server.CliAsync(
                "SET", RedisKeys.Control,
                $"mode={modes[change % 3]} number={change} since=2026-11-22T20:00:00Z reason=change {change}");
            await Task.Delay(random.Next(0, 30));
            await host.KillAsync();
            var at = await CountAsync("feasibility");
            TestContext.Out.WriteLine($"change {change}: killed at {at} of {change * round}");
            Assert.That(at, Is.GreaterThan(before).And.LessThan(change * round), "the kill must land while it moves");
        }

        var result = await RunAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        foreach (var stage in (string[])["feasibility", "execution"])
        {
            Assert.That((await NotesAsync(stage)).Select(note => note.Flag.Number), Is.Ordered.And.Unique);
            Assert.That((await NotesAsync(stage))[^1].Flag.Number, Is.EqualTo(changes));
            var written = await WrittenAsync(stage);
            foreach (var batchCountMax in (int[])[1, 7, 128])
            {
                var replayed = await ReplayAsync(stage, batchCountMax);
                foreach (var stream in Topology.Reader(stage).Outputs)
                {
                    Assert.That(
                        OfStream(replayed, stream), Is.EqualTo(OfStream(written, stream)), $"{stage} {stream}");
                }
            }
        }

        var codes = (await EntriesAsync(StreamNames.Rejected)).Select(entry => TestText.Of(entry, "code")).ToHashSet();
        Assert.That(codes, Does.Contain(RejectionCodes.TradingHalted).And.Contain(RejectionCodes.TradingReduceOnly));
    }
}

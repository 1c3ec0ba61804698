using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>Each rule of the checker about <c>control.log</c> by itself.</summary>
[TestFixture]
public sealed class ControlNoteTests
{
    private PipelineCopy _whole = null!;

    [OneTimeSetUp]
    public async Task MakeAsync() => _whole = await FinishedPipeline.MakeAsync();

    [TestCase("stage", "x", "a stage that obeys the control flag")]
    [TestCase("stage", "signal-engine", "a stage that obeys the control flag")]
    [TestCase("mode", "asleep", "normal, reduce-only, halted")]
    [TestCase("mode", "reduce-only", "of the same change")]
    [TestCase("since", "2026-01-01T00:00:00Z", "of the same change")]
    [TestCase("reason", "another", "of the same change")]
    [TestCase("number", "x", "a number from 1 on")]
    [TestCase("number", "0", "a number from 1 on")]
    [TestCase("after", "x", "the id of an input")]
    [TestCase("after", "1-1", "the id of an entry of")]
    [TestCase("count", "1", "the place of")]
    [TestCase("count", "x", "the place of")]
    public void Check_OneFieldOfANote_IsFoundByTheRuleThatIsThereForIt(string field, string value, string said)
    {
        for (var place = 0; place < 2; place++)
        {
            var damaged = _whole.Clone();
            damaged.Change(StreamNames.ControlLog, place, (field, value));

            Assert.That(Found(damaged), Has.Some.Contains(said), $"note {place}");
        }
    }

    [TestCase("x")]
    [TestCase("999999")]
    public void Check_ANoteBeforeTheFirstEntryWithAnotherCount_IsFound(string count)
    {
        var damaged = _whole.Clone();
        damaged.Change(StreamNames.ControlLog, 0, ("after", "0-0"), ("count", count));

        Assert.That(Found(damaged), Has.Some.Contains($"found count \"{count}\", expected 0 to "));
    }

    /// <summary>Whatever note of a stage it is: the first can be held against no earlier one.</summary>
    [Test]
    public void Check_AnyFieldOfAnyNoteRenamedOrMissing_IsFound()
    {
        for (var place = 0; place < _whole.Streams[StreamNames.ControlLog].Count; place++)
        {
            for (var field = 0; field < 7; field++)
            {
                var (renamed, missing) = (_whole.Clone(), _whole.Clone());
                renamed.Rewrite(StreamNames.ControlLog, place, fields => fields.Select(
                    (found, index) => index == field ? ("x" + found.Name, found.Value) : found));
                missing.Rewrite(StreamNames.ControlLog, place, fields => fields.Where((_, index) => index != field));

                Assert.That(Found(renamed), Is.Not.Empty, $"note {place}, field {field}");
                Assert.That(Found(missing), Is.Not.Empty, $"note {place}, field {field}");
            }
        }
    }

    /// <summary>The same change twice, and an older one after a newer.</summary>
    [Test]
    public void Check_ChangesThatDoNotRise_AreFound()
    {
        var (twice, back) = (_whole.Clone(), _whole.Clone());
        twice.Repeat(StreamNames.ControlLog, 0);
        back.Swap(
            StreamNames.ControlLog, back.Place(StreamNames.ControlLog, ("stage", "execution"), ("number", "1")),
            back.Place(StreamNames.ControlLog, ("stage", "execution"), ("number", "3")));

        Assert.That(Found(twice), Has.Some.Contains("one behind 1, which"));
        Assert.That(Found(back), Has.Some.Contains("one behind 3, which execution obeyed before"));
    }

    private static IReadOnlyList<string> Found(PipelineCopy damaged) =>
        [.. damaged.Check(atRest: false).Findings.Where(found => found.Code == CheckCodes.Control)
            .Select(found => $"{found}")];
}

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>Each rule of the checker by itself: one damage, and the finding of the rule that is there for it.</summary>
/// <remarks><see cref="MutationTests"/> asks whether a damage is found at all, by any rule and in a place chosen by
/// chance; a rule that nothing but another one covers could be taken out unseen.</remarks>
[TestFixture]
public sealed class RuleTests
{
    private const string Undecoded = "an entry nobody can decode and no dead letter about it";
    private const string Qualifier = "signal-qualifier";

    private PipelineCopy _whole = null!;

    private static IEnumerable<Damage> Damages =>
        [.. OfForm, .. OfCauses, .. OfOutcomes, .. OfFields, .. OfLetters, .. OfCheckpoints, .. OfTrimmed];

    private static Damage[] OfForm =>
    [
        new(CheckCodes.Form, "field 'fee_asset' in the place of 'fee'", it => it.Rewrite(
            StreamNames.Fills, 0, fields => [.. fields.SkipLast(2), fields[^1], fields[^2]])),
        new(CheckCodes.Form, "field 'more' at the end", it => it.Rewrite(
            StreamNames.Fills, 0, fields => [.. fields, ("more", "x")])),
        new(CheckCodes.Form, "no field 'fee_asset'", it => it.Rewrite(
            StreamNames.Fills, 0, fields => fields.SkipLast(1))),
        new(CheckCodes.Form, "field 'qty'", it => it.Change(
            StreamNames.Fills, 0, ("qty", Text(it, StreamNames.Fills, 0, "qty") + ".0"))),
        new(CheckCodes.Form, "field 'at'", it => it.Change(
            StreamNames.Fills, 0, ("at", Text(it, StreamNames.Fills, 0, "at").Replace("Z", "0Z")))),
        new(CheckCodes.Form, "field 'side' \"hold\"", it => it.Change(StreamNames.Fills, 0, ("side", "hold"))),
        new(CheckCodes.Form, "field 'cause' \"0", it => it.Change(
            StreamNames.Fills, 0, ("cause", "0" + Text(it, StreamNames.Fills, 0, "cause")))),
        new(CheckCodes.Form, "as stages write them", it => it.Rewrite(
            StreamNames.Rejected, 0, fields => [.. fields.SkipLast(2), fields[^1], fields[^2]])),
        new(CheckCodes.Form, Undecoded, it => it.Change(StreamNames.MarketData, 5, ("kind", "x"))),
        new(CheckCodes.Form, Undecoded, it => it.Change(StreamNames.MarketData, 5, ("qty", "x"))),
        new(CheckCodes.Form, Undecoded, it => it.Change(StreamNames.MarketData, 5, ("symbol", ""))),
        new(CheckCodes.Form, Undecoded, it => it.Rewrite(
            StreamNames.MarketData, 5, fields => fields.Where(one => one.Name != "qty"))),
        new(CheckCodes.Form, Undecoded, it => it.Rewrite(
            StreamNames.MarketData, 5, fields => [.. fields, fields[^1]])),
        new(CheckCodes.Form, Undecoded, it => it.Streams[StreamNames.MarketData][5] =
            it.Streams[StreamNames.MarketData][5] with { CutBytes = 1 }),
    ];

    private static Damage[] OfCauses =>
    [
        new(CheckCodes.CauseMissing, "cause 1-1", it => it.Change(StreamNames.Fills, 0, ("cause", "1-1"))),
        new(CheckCodes.CauseMissing, "expected the id of an entry of trade.approved", it =>
        {
            it.Trim(StreamNames.TradeApproved, 1);
            it.Change(StreamNames.Fills, 2, ("cause", Text(it, StreamNames.Fills, 2, "cause") + "9999"));
        }),
        new(CheckCodes.CauseMissing, "cause 1-1", it => it.Change(StreamNames.Rejected, 0, ("cause", "1-1"))),
        new(CheckCodes.CauseOrder, "fills/", it => it.Swap(StreamNames.Fills, 0, 1)),
        new(CheckCodes.CauseOrder, "decisions.rejected/", it => it.Swap(
            StreamNames.Rejected, it.Place(StreamNames.Rejected, ("stage", Qualifier)),
            LastOf(it, StreamNames.Rejected))),
        new(CheckCodes.CauseOrder, "dead.letters/", it => it.Swap(
            StreamNames.DeadLetters, it.Place(StreamNames.DeadLetters, ("stage", Qualifier)),
            LastOf(it, StreamNames.DeadLetters))),
        new(CheckCodes.CauseAhead, "the position of execution", it => it.Checkpoint(
            "execution", at => at with { Position = it.Streams[StreamNames.TradeApproved][0].Id })),
        new(CheckCodes.Trace, "fills/", it => it.Change(StreamNames.Fills, 0, ("trace", "1-1"))),
        new(CheckCodes.Trace, "decisions.rejected/", it => it.Change(StreamNames.Rejected, 0, ("trace", "1-1"))),
        new(CheckCodes.Trace, "expected the id of an entry of market_data.raw", it =>
        {
            it.Trim(StreamNames.TradeApproved, 2);
            it.Change(StreamNames.Fills, 0, ("trace", "1-1"));
        }),
        new(CheckCodes.Trace, "expected the id of an entry of market_data.raw", it =>
        {
            it.Trim(StreamNames.SignalsModified, it.Streams[StreamNames.SignalsModified].Count);
            it.Change(
                StreamNames.Rejected, it.Place(StreamNames.Rejected, ("stage", "intent-planner")), ("trace", "1-1"));
        }),
        new(CheckCodes.OutsideEntry, "an entry without a cause that no operator requeued", it => it.Rewrite(
            StreamNames.Fills, 0, fields => fields.Where(one => one.Name != "cause"))),
        new(CheckCodes.OutsideEntry, "an entry without a cause that no operator requeued", it =>
        {
            it.Trim(StreamNames.DeadLetters, 1);
            it.Append(StreamNames.Fills, "a b");
        }),
        new(CheckCodes.OutsideEntry, "stage \"x\"", it => it.Change(StreamNames.Rejected, 0, ("stage", "x"))),
    ];

    private static Damage[] OfOutcomes =>
    [
        new(CheckCodes.NoOutcome, "nothing that execution made of it", it => it.Lose(StreamNames.Fills, 0)),
        new(CheckCodes.NoOutcome, "nothing that outcome-tracker made of it", it => it.Lose(StreamNames.Outcomes, 0)),
        new(CheckCodes.OutcomeTwice, "one more outcome of trade.approved/", it => it.Repeat(StreamNames.Fills, 0)),
        new(CheckCodes.OutcomeTwice, "one more outcome of market_data.raw/", it => it.Repeat(
            StreamNames.SignalsRaw, 0)),
        new(CheckCodes.OutcomeTwice, "decisions.rejected/", it => it.Repeat(
            StreamNames.Rejected, LastOf(it, StreamNames.Rejected))),
        new(CheckCodes.OutcomeTwice, "decisions.rejected/", it => it.Change(
            StreamNames.Rejected, LastOf(it, StreamNames.Rejected),
            ("cause", Text(it, StreamNames.SignalsQualified, 0, "cause")))),
        new(CheckCodes.OutcomeTwice, "dead.letters/", it => it.Repeat(
            StreamNames.DeadLetters, LastOf(it, StreamNames.DeadLetters))),
        new(CheckCodes.Rejection, "code \"NO\" of", it => it.Change(StreamNames.Rejected, 0, ("code", "NO"))),
        new(CheckCodes.Profit, "0 outcomes, expected 1, one a lot it closes", it => it.Lose(StreamNames.Outcomes, 0)),
        .. "qty entry_price exit_price pnl fees return held_ms result open_qty open_price".Split(' ').Select(figure =>
            new Damage(CheckCodes.Profit, $"found {figure} 77,", it => it.Change(
                StreamNames.Outcomes, 0, (figure, "77")))),
        .. "trades wins win_rate gross_pnl fees net_pnl profit_factor max_drawdown sharpe equity".Split(' ')
            .Select(figure => new Damage(CheckCodes.Metrics, $"found {figure} 77,", it => it.Change(
                StreamNames.Metrics, 1, (figure, "77")))),
    ];

    private static Damage[] OfFields =>
    [
        new(CheckCodes.Field, "field 'qty' \"77\"", it => it.Change(StreamNames.Fills, 0, ("qty", "77"))),
        new(CheckCodes.Field, "another 'at'", it => it.Change(
            StreamNames.Rejected, 0, ("at", "2024-08-09T23:00:00.000000Z"))),
        new(CheckCodes.Field, "another 'symbol'", it => it.Change(StreamNames.Rejected, 0, ("symbol", "X"))),
        new(CheckCodes.Field, "weight 2 of an exit", it => it.Change(
            StreamNames.SignalsModified, it.Place(StreamNames.SignalsModified, ("side", "sell")), ("weight", "2"))),
        new(CheckCodes.Field, "weight 0,", it => it.Change(
            StreamNames.SignalsModified, it.Place(StreamNames.SignalsModified, ("side", "buy")), ("weight", "0"))),
        new(CheckCodes.Field, "weight 101", it => it.Change(
            StreamNames.SignalsModified, it.Place(StreamNames.SignalsModified, ("side", "buy")), ("weight", "101"))),
        new(CheckCodes.Field, "atr over price", it => it.Change(
            StreamNames.SignalsModified, 0, ("volatility", "0.77"))),
        new(CheckCodes.Field, "price times qty", it => it.Change(StreamNames.TradeIntents, 0, ("notional", "77"))),
        new(CheckCodes.Field, "fee -1", it => it.Change(StreamNames.Fills, 0, ("fee", "-1"))),
        new(CheckCodes.Field, "no better than the ask", it => it.Change(
            StreamNames.Fills, it.Place(StreamNames.Fills, ("side", "buy")), ("price", "0.01"))),
        new(CheckCodes.Field, "no better than the bid", it => it.Change(
            StreamNames.Fills, it.Place(StreamNames.Fills, ("side", "sell")), ("price", "99999999"))),
        new(CheckCodes.Field, "a second entry", it => it.Change(
            StreamNames.TradeIntents, it.Place(StreamNames.TradeIntents, ("side", "sell")), ("side", "buy"))),
        new(CheckCodes.Field, "as its entry was planned", it => it.Change(
            StreamNames.TradeIntents, it.Place(StreamNames.TradeIntents, ("side", "sell")), ("qty", "77"))),
        new(CheckCodes.Number, "found exec_id \"x\"", it => it.Change(StreamNames.Fills, 0, ("exec_id", "x"))),
        new(CheckCodes.Number, "intent_id \"x\"", it => it.Change(StreamNames.TradeIntents, 0, ("intent_id", "x"))),
        new(CheckCodes.Number, "intent_id \"J-1\"", it => it.Change(
            StreamNames.TradeIntents, 0, ("intent_id", "J-1"))),
        new(CheckCodes.Number, "intent_id \"I-77\", expected I-2", it => it.Change(
            StreamNames.TradeIntents, 1, ("intent_id", "I-77"))),
        new(CheckCodes.Number, "intent_id \"I-2\", expected I-1", it => it.Lose(StreamNames.TradeIntents, 0)),
        new(CheckCodes.Number, "intent_id \"I-3\", expected I-2", it =>
        {
            it.Trim(StreamNames.TradeIntents, 1);
            it.Lose(StreamNames.TradeIntents, 0);
        }),
    ];

    private static Damage[] OfLetters =>
    [
        new(CheckCodes.Letter, "no whole dead letter", it => it.Append(StreamNames.DeadLetters, "a b")),
        new(CheckCodes.Letter, "the bytes of that entry", it => it.Rewrite(
            StreamNames.DeadLetters, LastOf(it, StreamNames.DeadLetters),
            fields => [.. fields.SkipLast(3), .. OfAnother(it)])),
        .. "stage stream id".Split(' ').Select(part =>
            new Damage(CheckCodes.Letter, "a stage, the stream it reads and the id of an entry", it => it.Change(
                StreamNames.DeadLetters, LastOf(it, StreamNames.DeadLetters), (part, "x")))),
        new(CheckCodes.Form, Undecoded, it => it.Lose(StreamNames.DeadLetters, LastOf(it, StreamNames.DeadLetters))),
        new(CheckCodes.Resolution, "requeued with the id of an entry, or dropped without", it => it.Change(
            StreamNames.DeadLetters, Requeue(it),
            ("entry", "0" + Text(it, StreamNames.DeadLetters, Requeue(it), "entry")))),
        new(CheckCodes.Resolution, "requeued with the id of an entry, or dropped without", it => it.Change(
            StreamNames.DeadLetters, Requeue(it), ("entry", ""))),
        new(CheckCodes.Resolution, "which is no letter", it => it.Change(
            StreamNames.DeadLetters, Requeue(it), ("resolves", "1-1"))),
        new(CheckCodes.Resolution, "which is no letter", it =>
        {
            it.Trim(StreamNames.DeadLetters, 1);
            var last = it.Streams[StreamNames.DeadLetters][^1].Id;
            it.Change(StreamNames.DeadLetters, Requeue(it), ("resolves", $"{last}"));
        }),
        new(CheckCodes.Resolution, "a second resolution of", it => it.Repeat(StreamNames.DeadLetters, Requeue(it))),
        new(CheckCodes.Resolution, "as in the letter", it => it.Change(
            StreamNames.DeadLetters, Requeue(it), ("stream", "fills"))),
        new(CheckCodes.Resolution, "expected the id of an entry that is there", it => it.Lose(
            StreamNames.SignalsRaw, it.Streams[StreamNames.SignalsRaw].Count - 1)),
        new(CheckCodes.Resolution, "expected the id of an entry that is there", it =>
        {
            it.Trim(StreamNames.SignalsRaw, 1);
            it.Lose(StreamNames.SignalsRaw, it.Streams[StreamNames.SignalsRaw].Count - 1);
        }),
        new(CheckCodes.Deleted, "entries deleted up to", it => it.Delete(StreamNames.Fills, 0)),
    ];

    private static Damage[] OfCheckpoints =>
    [
        new(CheckCodes.CountAhead, "all that trade.approved was given", it => it.Checkpoint(
            "execution", at => at with { Count = at.Count + 1 })),
        new(CheckCodes.Vanished, "entries gone, execution has read", it =>
        {
            it.Trim(StreamNames.TradeApproved, it.Streams[StreamNames.TradeApproved].Count);
            it.Checkpoint("execution", at => at with { Count = at.Count - 1 });
        }),
        new(CheckCodes.Position, "that of entry", it => it.Checkpoint(
            "execution", at => at with { Count = at.Count - 1 })),
        new(CheckCodes.Position, "which is no entry", it => it.Checkpoint(
            "execution", at => at with { Position = at.Position with { Sequence = at.Position.Sequence + 1 } })),
        new(CheckCodes.Silent, "checkpoint:execution", it => it.Checkpoint(
            "execution", at => at with { Silent = 1 })),
        new(CheckCodes.Silent, "checkpoint:signal-engine", it => it.Checkpoint(
            "signal-engine", at => at with { Silent = at.Silent + 1 })),
        new(CheckCodes.Silent, "checkpoint:outcome-tracker", it => it.Checkpoint(
            "outcome-tracker", at => at with { Silent = at.Silent + 1 })),
        new(CheckCodes.Silent, "checkpoint:feed", it => it.Checkpoint("feed", at => at with { Silent = 1 })),
        new(CheckCodes.Written, "checkpoint:execution", it => it.Checkpoint(
            "execution", at => at with { Written = at.Written + 1 })),
        new(CheckCodes.Written, "its count of rows", it => it.Checkpoint(
            "feed", at => at with { Count = at.Count + 1 })),
        new(CheckCodes.Written, "all that market_data.raw and dead.letters were given", it => it.Checkpoint(
            "feed", at => at with { Count = at.Count + 100, Written = at.Written + 100 })),
        new(CheckCodes.Position, "it reads no stream", it => it.Checkpoint(
            "feed", at => at with { Position = new EntryId(1, 1) })),
    ];

    /// <summary>What was trimmed hides nothing that stands behind it.</summary>
    private static Damage[] OfTrimmed =>
    [
        new(CheckCodes.Silent, "checkpoint:signal-engine", it =>
        {
            it.Trim(StreamNames.MarketData, it.Streams[StreamNames.MarketData].Count / 2);
            it.Checkpoint("signal-engine", at => at with { Silent = at.Silent + 1 });
        }),
        new(CheckCodes.Written, "expected at least", it =>
        {
            it.Trim(StreamNames.Rejected, 1);
            it.Checkpoint("execution", at => at with { Written = 1 });
        }),
        .. $"{StreamNames.Rejected} {StreamNames.DeadLetters} {StreamNames.SignalsQualified}".Split(' ').Select(
            trimmed => new Damage(CheckCodes.NoOutcome, $"nothing that {Qualifier} made of it", it =>
            {
                it.Trim(trimmed, 1);
                it.Lose(StreamNames.SignalsQualified, it.Streams[StreamNames.SignalsQualified].Count - 1);
            })),
        new(CheckCodes.Profit, "held_ms 77", it =>
        {
            it.Trim(StreamNames.Outcomes, 1);
            it.Change(StreamNames.Outcomes, 1, ("held_ms", "77"));
        }),
        new(CheckCodes.Metrics, "trades 77", it =>
        {
            it.Trim(StreamNames.Metrics, 1);
            it.Change(StreamNames.Metrics, 1, ("trades", "77"));
        }),
    ];

    [OneTimeSetUp]
    public async Task MakeAsync() => _whole = await FinishedPipeline.MakeAsync();

    [TestCaseSource(nameof(Damages))]
    public void Check_OneDamage_IsFoundByTheRuleThatIsThereForIt(Damage damage)
    {
        var damaged = _whole.Clone();
        damage.Do(damaged);
        var report = damaged.Check(atRest: false);

        Assert.That(
            report.Findings.Where(found =>
                found.Code == damage.Code && $"{found}".Contains(damage.Said, StringComparison.Ordinal)),
            Is.Not.Empty, string.Join('\n', report.Findings.Take(10).Select(found => $"{found.Code} {found}")));
    }

    [Test]
    public void Check_AnEntryDeletedThatALetterIsAbout_IsWhatXdelIsFor()
    {
        var cleared = _whole.Clone();
        var about = Text(cleared, StreamNames.DeadLetters, LastOf(cleared, StreamNames.DeadLetters), "id");
        cleared.Delete(
            StreamNames.SignalsRaw, cleared.Streams[StreamNames.SignalsRaw].FindIndex(entry => $"{entry.Id}" == about));

        Assert.That(cleared.Check().Counts, Does.Not.ContainKey(CheckCodes.Deleted));
    }

    private static string Text(PipelineCopy copy, string stream, int place, string field) =>
        Stages.TestText.Of(copy.Streams[stream][place], field);

    /// <summary>Length, digest and bytes of another letter.</summary>
    private static IEnumerable<(string Name, string Value)> OfAnother(PipelineCopy copy) =>
        "length sha256 raw".Split(' ').Select(name => (name, Text(
            copy, StreamNames.DeadLetters, copy.Place(StreamNames.DeadLetters, ("stage", Qualifier)), name)));

    /// <summary>The last refusal, or letter, of the stage at the open door.</summary>
    private static int LastOf(PipelineCopy copy, string stream) =>
        copy.Streams[stream].FindLastIndex(entry => Stages.TestText.Of(entry, "stage") == Qualifier);

    private static int Requeue(PipelineCopy copy) => copy.Place(StreamNames.DeadLetters, ("resolution", "requeued"));
}

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>What a halt and a reduction do to a stage, and what a stage takes for one.</summary>
public sealed class ControlTests
{
    private const string Text = "mode=reduce-only number=12 since=2026-11-22T20:00:00Z reason=a b=c";

    [TestCase(TradingMode.Normal, Side.Buy, "passed")]
    [TestCase(TradingMode.Normal, Side.Sell, "passed")]
    [TestCase(TradingMode.ReduceOnly, Side.Buy, RejectionCodes.TradingReduceOnly)]
    [TestCase(TradingMode.ReduceOnly, Side.Sell, "passed")]
    [TestCase(TradingMode.Halted, Side.Buy, RejectionCodes.TradingHalted)]
    [TestCase(TradingMode.Halted, Side.Sell, RejectionCodes.TradingHalted)]
    public void Stage_UnderAMode_LetsThroughWhatItAllows(TradingMode mode, Side side, string expected)
    {
        var feasibility = PureRun.Of(new Feasibility(new FeasibilityOptions(), new AccountOptions()));
        var exchange = PureRun.Of(new PaperExchange(new ExecutionOptions()));
        feasibility.Show(Sample.Intent(1, Side.Buy));
        exchange.Show(Sample.Order(1, Side.Buy));
        (feasibility.Mode, exchange.Mode) = (mode, mode);

        Assert.That(feasibility.CodeOf(Sample.Intent(2, side)), Is.EqualTo(expected));
        Assert.That(exchange.CodeOf(Sample.Order(2, side)), Is.EqualTo(expected));
    }

    [Test]
    public void Feasibility_UnderReduceOnly_StillSellsNoMoreThanIsHeld()
    {
        var run = PureRun.Of(new Feasibility(new FeasibilityOptions(), new AccountOptions()));
        run.Mode = TradingMode.ReduceOnly;

        Assert.That(run.CodeOf(Sample.Intent(1, Side.Sell)), Is.EqualTo(RejectionCodes.NoPosition));
    }

    [Test]
    public void Exchange_AfterRefusingABuyUnderAHalt_NeverSellsWhatItDidNotBuy()
    {
        var run = PureRun.Of(new PaperExchange(new ExecutionOptions()));
        run.Mode = TradingMode.Halted;
        run.Show(Sample.Order(1, Side.Buy, 10));
        run.Mode = TradingMode.Normal;

        var exit = run.Show(Sample.Order(2, Side.Sell, 10));
        var next = run.CodeOf(Sample.Order(3, Side.Buy, 10), Sample.Order(4, Side.Sell, 10));

        Assert.That(((Rejection)exit.Single()).Code, Is.EqualTo(RejectionCodes.NotBought));
        Assert.That(((Rejection)exit.Single()).Detail, Is.EqualTo(
            "paper-2 sells 10, of which 10 were approved and never bought"));
        Assert.That(next, Is.EqualTo("passed"), "what is bought later is sold");
    }

    [Test]
    public void Exchange_SellingMoreThanItDidNotBuy_SellsTheRest()
    {
        var run = PureRun.Of(new PaperExchange(new ExecutionOptions()));
        run.Show(Sample.Order(1, Side.Buy, 5));
        run.Mode = TradingMode.ReduceOnly;
        run.Show(Sample.Order(2, Side.Buy, 10));

        var said = run.Show(Sample.Order(3, Side.Sell, 15));

        Assert.That(said.OfType<Fill>().Single().Quantity.Value, Is.EqualTo(5));
        Assert.That(said.OfType<Rejection>().Single().Code, Is.EqualTo(RejectionCodes.NotBought));
    }

    [TestCase(Text, true)]
    [TestCase("", true)]
    [TestCase(" " + Text, false)]
    [TestCase("halted", false)]
    [TestCase("mode=halt number=1 since=2026-11-22T20:00:00Z reason=x", false)]
    [TestCase("mode=halted number=0 since=2026-11-22T20:00:00Z reason=x", false)]
    [TestCase("mode=halted number=01 since=2026-11-22T20:00:00Z reason=x", false)]
    [TestCase("mode=halted number=9999999999999999999 since=2026-11-22T20:00:00Z reason=x", false)]
    [TestCase("mode=halted number=1 since=2026-13-22T20:00:00Z reason=x", false)]
    [TestCase("mode=halted number=1 since=2026-11-22T20:00:00Z reason=", false)]
    [TestCase("mode=halted number=1 since=2026-11-22T20:00:00Z reason=x\n", false)]
    [TestCase("mode=halted number=1 since=2026-11-22T20:00:00Z reason=\ufffd", false)]
    public void Flag_OfAText_IsReadExactlyOrNotAtAll(string text, bool isFlag)
    {
        var flag = ControlFlag.Parse(text);

        Assert.That(flag is not null, Is.EqualTo(isFlag));
        if (isFlag) Assert.That(flag!.ToString(), Is.EqualTo(text));
    }

    [TestCase(200, true)]
    [TestCase(201, false)]
    public void Reason_OfALength_IsKeptUpToTwoHundredCharacters(int length, bool isReason)
    {
        var reason = new string('x', length);

        Assert.That(ControlFlag.IsReason(reason), Is.EqualTo(isReason));
        Assert.That(
            ControlFlag.Parse($"mode=halted number=1 since=2026-11-22T20:00:00Z reason={reason}") is not null,
            Is.EqualTo(isReason));
    }

    /// <summary>A change is known by its number: the same one with another mode was edited by hand.</summary>
    [Test]
    public void Stage_ShownTheSameChangeWithAnotherMode_Stops()
    {
        var stage = Feasibility();
        stage.Restore(new Dictionary<string, string> { [":control"] = Text });

        Assert.That(
            () => stage.Obey(Text.Replace("reduce-only", "normal"), Checkpoint.Start, new Batch()),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("feasibility obeyed change 12 before"));
    }

    [Test]
    public void Exchange_RefusingTwoBuysUnderAHalt_MissesTheSumOfBoth()
    {
        var run = PureRun.Of(new PaperExchange(new ExecutionOptions()));
        run.Mode = TradingMode.Halted;
        run.Show(Sample.Order(1, Side.Buy, 10));
        run.Show(Sample.Order(2, Side.Buy, 5));
        run.Mode = TradingMode.Normal;

        var exit = run.Show(Sample.Order(3, Side.Sell, 15));

        Assert.That(((Rejection)exit.Single()).Code, Is.EqualTo(RejectionCodes.NotBought));
    }

    [Test]
    public void Stage_ObeyingAChange_NotesItOnceAndKeepsItAcrossARestart()
    {
        var (first, batch) = (Feasibility(), new Batch());
        first.Restore(new Dictionary<string, string>());
        first.Obey(Text, new Checkpoint(new EntryId(7, 1), 42, 0, 0), batch);
        var note = batch.Appended(StreamNames.ControlLog).Select(ControlNote.Read).Single();
        var state = batch.StateChanges.ToDictionary(change => change.Key, change => change.Value!);
        batch.Clear();
        first.Obey(Text, new Checkpoint(new EntryId(7, 1), 42, 0, 0), batch);
        var second = Feasibility();
        second.Restore(state);
        second.Obey(Text, new Checkpoint(new EntryId(9, 0), 50, 0, 0), batch);

        Assert.That(note, Is.EqualTo(
            new ControlNote("feasibility", ControlFlag.Parse(Text)!, new EntryId(7, 1), 42)));
        Assert.That(batch.IsEmpty, Is.True, "once");
        Assert.That(state[":control"], Is.EqualTo(Text));
        Assert.That(
            () => second.Obey("", Checkpoint.Start, batch),
            Throws.TypeOf<StreamDamagedException>().With.Message.StartsWith(
                "tradeos:control is gone, and feasibility obeyed change 12 before (reduce-only since " +
                "2026-11-22T20:00:00Z: a b=c (change 12)); expected that one or a later. feasibility stops rather"));
        Assert.That(
            () => second.Restore(new Dictionary<string, string> { [":control"] = "x" }),
            Throws.TypeOf<StreamDamagedException>().With.Message.StartsWith(
                "tradeos:state:feasibility: its field ':control' is \"x\", expected mode="));
    }

    private static IStage Feasibility() =>
        Pipeline.CreateStages(new StageOptions()).Single(stage => stage.Reader.Name == "feasibility");
}

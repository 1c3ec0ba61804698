using NUnit.Framework;
using TradeOs.Stages;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>An entry with a number nobody counted, appended by hand to an inner stream: it is one dead letter or costs
/// one number, and what comes behind it is decided as if it were not there.</summary>
[TestFixture]
public sealed class ForgedNumberTests : ControlFixture
{
    [TestCase(StreamNames.TradeIntents, "intent_id", "I-")]
    [TestCase(StreamNames.TradeApproved, "order_id", "paper-")]
    public async Task Entry_WithAHugeNumber_IsADeadLetterAndStopsNothing(string stream, string field, string label)
    {
        await AddAsync(stream, 1, 2);
        await RunAsync();
        await AddAsync(stream, 9_000_000, 9_000_000);
        await AddAsync(stream, 3, 6);

        var run = await RunAsync();

        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        var output = Topology.Stages.Single(stage => stage.Input == stream).Outputs[0];
        Assert.That(run.Added[output], Is.EqualTo(6), "every genuine one, exits included");
        Assert.That(run.Added[StreamNames.Rejected], Is.Zero);
        var letter = (await EntriesAsync(StreamNames.DeadLetters)).Single();
        Assert.That(TestText.Of(letter, "error"), Is.EqualTo(
            $"field '{field}' is \"{label}9000000\", expected a number up to 1002: the last was 2, and they are " +
            "counted one by one; look who else wrote this entry, and drop the letter"));
    }

    [TestCase(StreamNames.TradeIntents)]
    [TestCase(StreamNames.TradeApproved)]
    public async Task Entry_ForgedALittleAhead_CostsTheOneEntryOfItsNumber(string stream)
    {
        await AddAsync(stream, 1, 2);
        await AddAsync(stream, 5, 5);
        await AddAsync(stream, 3, 8);

        var run = await RunAsync();

        var output = Topology.Stages.Single(stage => stage.Input == stream).Outputs[0];
        Assert.That(run.Added[output], Is.EqualTo(8), run.ToString());
        Assert.That(run.Added[StreamNames.Rejected], Is.EqualTo(1));
    }

    [Test]
    public async Task Intent_LeftOutAsADeadLetterAndRequeuedAfterLaterOnes_IsDecided()
    {
        await AddAsync(StreamNames.TradeIntents, 1, 2);
        await Server.CliAsync(
            "XADD", StreamNames.TradeIntents, "*", "at", "2024-08-08T12:00:00Z", "intent_id", "I-3",
            "symbol", "BTCUSDT", "strategy", "s", "side", "buy", "qty", "1", "price", "oops", "bid", "100",
            "ask", "100", "volume", "10", "notional", "100");
        await AddAsync(StreamNames.TradeIntents, 5, 6);
        await RunAsync();
        var letter = (await EntriesAsync(StreamNames.DeadLetters)).Single();

        var forged = await RequeueAsync(letter.Id.ToString(), "intent_id=I-700");
        var mended = await RequeueAsync(letter.Id.ToString(), "price=100");
        var run = await RunAsync();

        Assert.That((forged.ExitCode, mended.ExitCode), Is.EqualTo((1, 0)), mended.ToString());
        Assert.That(forged.Error, Does.Contain(
            $"dead.letters/{letter.Id}: --set intent_id=... would change a number that trade.intents is counted by, " +
            $"expected the one it was given. Leave it as it is, or: tradeos dead drop {letter.Id} --reason WHY"));
        Assert.That(run.Added[StreamNames.TradeApproved], Is.EqualTo(5), run.ToString());
        Assert.That(
            TestText.Of((await EntriesAsync(StreamNames.TradeApproved))[^1], "intent_id"), Is.EqualTo("I-3"));
    }

    private Task<TradeOsResult> RequeueAsync(string letter, string correction) => TradeOsProcess.RunAsync(
        ["dead", "requeue", letter, "--set", correction, "--reason", "mended", .. Where]);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

public sealed class DeadLetterTests
{
    private const string Time = "at=2024-08-08T12:00:00.000000Z";
    private const string Trade = $"{Time} source=x symbol=BTCUSDT kind=trade";
    private const string Bar = $"{Time} source=x symbol=BTCUSDT kind=bar";
    private const string Quote = $"{Time} source=x symbol=BTCUSDT kind=quote bid_qty=1 ask_qty=1";
    private const string Signal = $"{Time} symbol=BTCUSDT strategy=s side=buy price=1 bid=1 ask=1 volume=1";
    private const string Order =
        $"{Time} intent_id=I-1 symbol=B strategy=s side=buy qty=1 price=1 bid=1 ask=1 volume=1 notional=1";

    private const string Outcome =
        $"{Time} symbol=B strategy=s side=buy qty=1 entry_price=1 exit_price=2 pnl=1 fees=0 return=1 held_ms=1 " +
        "open_qty=0 open_price=0";

    [TestCase("signal-engine", "hello=world", "field 'at' is missing")]
    [TestCase("signal-engine", "at=yesterday",
        "field 'at' is \"yesterday\", expected a UTC time such as 2024-08-08T23:54:15.342000Z")]
    [TestCase(
        "signal-engine", "at=2024-02-30T12:00:00Z", "field 'at' is \"2024-02-30T12:00:00Z\", expected a UTC time")]
    [TestCase("signal-engine", $"{Time} source=x", "field 'symbol' is missing")]
    [TestCase("signal-engine", $"{Time} source=x symbol=",
        "field 'symbol' is \"\", expected 1 to 64 printable ASCII characters")]
    [TestCase("signal-engine", $"{Time} source=x symbol=_B kind=trade",
        "field 'symbol' is \" B\", expected 1 to 64 printable")]
    [TestCase("signal-engine", $"{Time} source=x symbol=B kind=rumour",
        "field 'kind' is \"rumour\", expected trade, bar or quote")]
    [TestCase(
        "signal-engine", $"{Trade} price=0 qty=1 side=buy trade_id=1", "field 'price' is \"0\", expected a price from")]
    [TestCase("signal-engine", $"{Trade} price=-1 qty=1 side=buy trade_id=1",
        "field 'price' is \"-1\", expected a price from")]
    [TestCase("signal-engine", $"{Trade} price=1e5 qty=1 side=buy trade_id=1",
        "field 'price' is \"1e5\", expected a price from")]
    [TestCase("signal-engine", $"{Trade} price=1,5 qty=1 side=buy trade_id=1",
        "field 'price' is \"1,5\", expected a price from")]
    [TestCase("signal-engine", $"{Trade} price=NaN qty=1 side=buy trade_id=1",
        "field 'price' is \"NaN\", expected a price from")]
    [TestCase("signal-engine", $"{Trade} price=1000000000001 qty=1 side=buy trade_id=1",
        "field 'price' is \"1000000000001\", expected a price from")]
    [TestCase("signal-engine", $"{Trade} price=0.0000000000001 qty=1 side=buy trade_id=1",
        "expected a price from 0.000000000001 to 1000000000000")]
    [TestCase("signal-engine", $"{Trade} price=1 qty=0 side=buy trade_id=1",
        "field 'qty' is \"0\", expected a number above 0")]
    [TestCase("signal-engine", $"{Trade} price=1 qty=1 side=short trade_id=1",
        "field 'side' is \"short\", expected buy or sell")]
    [TestCase("signal-engine", $"{Trade} price=1 qty=1 side=buy", "field 'trade_id' is missing")]
    [TestCase("signal-engine", $"{Bar} open=2 high=1 low=1 close=1 volume=1",
        "field 'high' is \"1\", expected high and low around")]
    [TestCase("signal-engine", $"{Bar} open=2 high=3 low=1 close=1 volume=-1",
        "field 'volume' is \"-1\", expected a number of 0 or more")]
    [TestCase("signal-engine", $"{Quote} bid=2 ask=1", "field 'ask' is \"1\", expected a price not below the bid")]
    [TestCase("signal-qualifier", $"{Signal} confidence=1.1 reason=r",
        "field 'confidence' is \"1.1\", expected a number from 0 to 1")]
    [TestCase("signal-qualifier", $"{Signal} confidence=1", "field 'reason' is missing")]
    [TestCase("signal-qualifier", $"{Signal} confidence=1 reason=r atr=-1",
        "field 'atr' is \"-1\", expected a number of 0 or more")]
    [TestCase("signal-qualifier", $"{Signal} confidence=1 reason=r trace=x",
        "field 'trace' is \"x\", expected an entry id such as 1732-0")]
    [TestCase("signal-modifier", $"{Signal} confidence=1 reason=", "field 'reason' is \"\"")]
    [TestCase("intent-planner", $"{Signal} confidence=1 reason=r", "field 'weight' is missing")]
    [TestCase("feasibility", $"{Time} intent_id=7", "field 'intent_id' is \"7\", expected an id such as A-12")]
    [TestCase("feasibility", $"{Time} intent_id=I-0", "field 'intent_id' is \"I-0\", expected an id such as A-12")]
    [TestCase("execution", Order, "field 'order_id' is missing")]
    [TestCase("execution", $"{Order} order_id=a-99999999999999999999", "expected an id such as A-12")]
    [TestCase("outcome-tracker", $"{Time} order_id=a-1", "field 'exec_id' is missing")]
    [TestCase("metrics-publisher", $"{Outcome} result=loss",
        "field 'result' is \"loss\", expected win, loss or flat as pnl less fees says")]
    public async Task Stage_ShownWhatItCannotDecode_BuriesItWithTheReason(string stage, string entry, string error)
    {
        var bench = new StageBench(stage);

        var written = await bench.ShowAsync(entry);

        Assert.That(written, Has.Count.EqualTo(1));
        Assert.That(TestText.Of(written[0], "stage"), Is.EqualTo(stage));
        Assert.That(TestText.Of(written[0], "stream"), Is.EqualTo(Topology.Reader(stage).Input));
        Assert.That(TestText.Of(written[0], "id"), Is.EqualTo("1-0"));
        Assert.That(TestText.Of(written[0], "error"), Does.StartWith(error).Or.Contain(error));
        Assert.That(bench.State, Is.Empty);
    }

    [Test]
    public async Task DeadLetter_OfPrintableText_ShowsIt()
    {
        var written = await new StageBench("signal-engine").ShowAsync("a=b c=d_e");

        Assert.That(written[0].Fields.ToString(), Is.EqualTo(
            "stage=signal-engine stream=market_data.raw id=1-0 error=field 'at' is missing length=10 " +
            "sha256=" + Digest("a=b\nc=d e\n") + " raw=a=b\nc=d e\n"));
    }

    [Test]
    public async Task DeadLetter_OfBytes_KeepsABoundedPrefixAndTheDigestOfAll()
    {
        var bytes = new byte[5000];
        bytes.AsSpan().Fill(0xff);
        byte[] sent = [.. "$1\r\nx\r\n$5000\r\n"u8, .. bytes, .. "\r\n"u8];

        var written = await new StageBench("signal-engine").ShowAsync(writer => writer.Add("x"u8, bytes));

        var raw = TestText.Of(written[0], "raw");
        Assert.That(raw, Does.StartWith("base64:"));
        Assert.That(
            Convert.FromBase64String(raw["base64:".Length..]), Is.EqualTo(sent[..RawBytes.KeptBytesMax]));
        Assert.That(TestText.Of(written[0], "length"), Is.EqualTo(sent.Length.ToString(CultureInfo.InvariantCulture)));
        Assert.That(TestText.Of(written[0], "sha256"), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(sent))));
    }

    [Test]
    public async Task Stage_AfterADeadLetter_GoesOn()
    {
        var bench = new StageBench("signal-qualifier");

        await bench.ShowAsync("nonsense=1");
        var written = await bench.ShowAsync($"{Signal} confidence=1 reason=r");

        Assert.That(written, Has.Count.EqualTo(2));
        Assert.That(TestText.Of(written[0], "cause"), Is.EqualTo("2-0"));
    }

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
}

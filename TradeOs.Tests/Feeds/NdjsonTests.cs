using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class NdjsonTests
{
    private const string Good =
        """{"at":"2024-08-08T23:54:15.342Z","symbol":"S","kind":"trade","price":1,"qty":1,"side":"buy","trade_id":1}""";

    private const string AtText =
        "expected a time such as 2024-08-08T23:54:15.342Z, or s, ms, us, ns since 1970";

    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [TestCase("""{"at":"2024-08-08T23:54:15.342Z","source":"a","symbol":"S","kind":"trade",""" +
        """ "price":"61837.63000000","qty":0.020,"side":"sell","trade_id":"t 7"}""",
        "at=2024-08-08T23:54:15.342000Z source=a symbol=S kind=trade price=61837.63 qty=0.02 side=sell trade_id=t 7")]
    [TestCase("""  { "trade_id" : 7 , "side":"buy","qty":"1e2","price":1E-7,"kind":"trade","symbol":"S",""" +
        """ "at":1723161255342,"x":{"y":[1,{"price":2}]},"z":null} """,
        "at=2024-08-08T23:54:15.342000Z source=file symbol=S kind=trade price=0.0000001 qty=100 side=buy trade_id=7")]
    [TestCase("""{"at":"2024-08-09T01:54:15+02:00","symbol":"BTC\/USDT","kind":"bar","open":10,"high":12,""" +
        """ "low":9,"close":11,"volume":0}""",
        "at=2024-08-08T23:54:15.000000Z source=file symbol=BTC/USDT kind=bar open=10 high=12 low=9 close=11 volume=0")]
    [TestCase("""{"\u0061t":"1723161255342000","kind":"quote","symbol":"S","bid":"9.90","bid_qty":"0","ask":10,""" +
        """ "ask_qty":3}""",
        "at=2024-08-08T23:54:15.342000Z source=file symbol=S kind=quote bid=9.9 bid_qty=0 ask=10 ask_qty=3")]
    [TestCase("""{"at":1723161255342,"symbol":"S","kind":"trade","price":12345678901.123456789012345678,""" +
        """ "qty":0.0000000000000000000000000001,"side":"buy","trade_id":1}""",
        "at=2024-08-08T23:54:15.342000Z source=file symbol=S kind=trade price=12345678901.123456789012345678 " +
        "qty=0.0000000000000000000000000001 side=buy trade_id=1")]
    public async Task Lines_AreReadByName(string line, string entry)
    {
        var path = _run.File("live.ndjson", $"\n{line}\r\n\n   \n");

        await _run.ToEndAsync("ndjson:" + path);

        Assert.That(await Entries(), Is.EqualTo(entry), string.Join('\n', await _run.LettersAsync("error")));
        Assert.That(_run.Progress.Rows, Is.EqualTo(1), "blank lines are no rows");
        Assert.That(FormatSight.Resolve(FeedSpec.Parse(path)).Format, Is.EqualTo(FeedFormat.Ndjson));
    }

    [Test]
    public async Task Lines_WithoutSourceAndSymbol_HaveThoseOfTheSpec()
    {
        const string Bare = """{"at":1723161255342,"kind":"trade","price":1,"qty":1,"side":"buy","trade_id":1}""";
        var path = _run.File("live.ndjson", $"{Bare}\n{Bare.Replace("{", "{\"source\":\"own\",\"symbol\":\"OWN\",",
            StringComparison.Ordinal)}\n");

        await _run.ToEndAsync($"ndjson:{path},symbol=GIVEN,source=given");

        Assert.That((await _run.EventsAsync()).Select(trade => (trade.Source, trade.Symbol)),
            Is.EqualTo(new[] { ("given", "GIVEN"), ("own", "OWN") }));
    }

    [TestCase("at", "null", "field 'at' is null, expected text or a number")]
    [TestCase("at", "\"2024-08-08 23:54:15\"", "field 'at' is \"2024-08-08 23:54:15\", " + AtText)]
    [TestCase("at", "\"2024-08-08T23:54:15\"", "field 'at' is \"2024-08-08T23:54:15\", " + AtText)]
    [TestCase("at", "12", "field 'at' is \"12\", " + AtText)]
    [TestCase("symbol", "\"\"",
        "field 'symbol' is \"\", expected 1 to 64 printable ASCII characters without blanks at the ends")]
    [TestCase("symbol", "{\"a\":1}", "field 'symbol' is an object, expected text or a number")]
    [TestCase("kind", "\"depth\"", "field 'kind' is \"depth\", expected trade, bar or quote")]
    [TestCase("price", "\"NaN\"", "field 'price' is \"NaN\", expected a price from 0.000000000001 to 1000000000000")]
    [TestCase("price", "1e400", "field 'price' is \"1e400\", expected a price from 0.000000000001 to 1000000000000")]
    [TestCase("price", "0.12345678901234567890123456789012", "field 'price' is " +
        "\"0.12345678901234567890123456789012\", expected a price from 0.000000000001 to 1000000000000, of at most " +
        "28 digits")]
    [TestCase("price", "true", "field 'price' is true or false, expected text or a number")]
    [TestCase("price", "[1]", "field 'price' is an array, expected text or a number")]
    [TestCase("qty", "0", "field 'qty' is \"0\", expected a number above 0, at most 1e14")]
    [TestCase("qty", "-1", "field 'qty' is \"-1\", expected a number above 0, at most 1e14")]
    [TestCase("side", "\"unknown\"", "field 'side' is \"unknown\", expected buy or sell")]
    [TestCase("trade_id", "\"é\"",
        "field 'trade_id' is \"é\", expected 1 to 64 printable ASCII characters without blanks at the ends")]
    [TestCase("trade_id", "\"\\ud800\"",
        "a text in it has an escape that is no character, expected one JSON object with each name once")]
    [TestCase("trade_id", "NaN", "it is no JSON from byte 104 on, expected one JSON object with each name once")]
    [TestCase("trade_id", "1,\"price\":2", "field 'price' is there twice, expected one JSON object with each name " +
        "once")]
    public async Task Lines_WithAWrongField_AreRefusedWithAReason(string name, string value, string error)
    {
        var wrong = System.Text.RegularExpressions.Regex.Replace(
            Good, $"(\"{name}\":)(\"[^\"]*\"|[0-9]+)", match => match.Groups[1].Value + value);

        await _run.ToEndAsync("ndjson:" + _run.File("live.ndjson", $"{Good}\n{wrong}\n"));

        Assert.That(await LettersAsync(), Is.EqualTo("live.ndjson line 2: " + error));
    }

    [TestCase("[1]", "it is no JSON object, expected one JSON object with each name once")]
    [TestCase("{}", "field 'at' is missing, expected it")]
    [TestCase("""{"at":1723161255342}""", "field 'symbol' is missing, expected it, or ,symbol=S behind the path")]
    [TestCase("""{"at":1723161255342,"symbol":"S"}""", "field 'kind' is missing, expected it")]
    [TestCase("""{"at":1723161255342,"symbol":"S","kind":"trade","price":1,"qty":1,"side":"buy"}""",
        "field 'trade_id' is missing, expected it")]
    [TestCase("""{"at":1723161255342,"symbol":"S","kind":"quote","bid":2,"bid_qty":1,"ask":1,"ask_qty":1}""",
        "bid 2 and ask 1, expected a bid not above the ask")]
    [TestCase("""{"at":1723161255342,"symbol":"S","kind":"bar","open":2,"high":1,"low":1,"close":1,"volume":1}""",
        "high 1 and low 1, expected them around open 2 and close 1")]
    [TestCase("""{"at":1723161255342,"symbol":"S","kind":"bar","open":1,"high":1,"low":1,"close":1,"volume":-1}""",
        "field 'volume' is \"-1\", expected a number from 0 to 1e14")]
    [TestCase(Good + " x", "it is no JSON from byte 107 on, expected one JSON object with each name once")]
    [TestCase("""{"at":1,}""", "it is no JSON from byte 9 on, expected one JSON object with each name once")]
    [TestCase("\"x", "it is no JSON from byte 3 on, expected one JSON object with each name once")]
    public async Task Lines_ThatAreNoEntry_AreRefusedWithAReason(string line, string error)
    {
        await _run.ToEndAsync("ndjson:" + _run.File("live.ndjson", $"{Good}\n{line}\n"));

        Assert.That(await LettersAsync(), Is.EqualTo("live.ndjson line 2: " + error));
        Assert.That(_run.Progress.Accepted, Is.EqualTo(1));
    }

    [Test]
    public void File_OfOtherJson_IsAnErrorOfTheFile()
    {
        var path = _run.File("live.ndjson", "{\"e\":\"trade\",\"p\":\"1\"}\n");

        var failure = _run.Fails<FeedFileException>(path);

        Assert.That(failure.Message, Does.StartWith(
            $"{path}: none of the first 1 rows can be taken as ndjson ({{\"at\":\"2024-08-08T23:54:15.342Z\",").And
            .EndsWith("live.ndjson line 1: field 'at' is missing, expected it. Name the format this file has, or " +
                "mend its rows."));
    }

    private async Task<string> LettersAsync() => string.Join('\n', await _run.LettersAsync("error"));

    private async Task<string> Entries() =>
        string.Join('\n', (await _run.EntriesAsync(StreamNames.MarketData)).Select(entry => entry.Fields.ToString()));
}

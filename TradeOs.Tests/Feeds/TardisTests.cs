using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>Tardis <c>trades</c> and <c>quotes</c> files.</summary>
public sealed class TardisTests
{
    private const string Trades = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n";
    private const string Trade = "binance-futures,BTCUSDT,1723161256322000,1723161255088176,7,buy,61800.30,0.006\n";
    private const string Quotes =
        "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n";

    private const string Quote = "deribit,BTC-PERPETUAL,1723161256313000,1723161255088169,2.510,10.5,10,0\n";

    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [TestCase(Trades + Trade, "", "binance-futures", "7")]
    [TestCase(Trades + Trade, ",source=mine", "mine", "7")]
    [TestCase(Trades + Trade, ",symbol=BTCUSDT", "binance-futures", "7")]
    [TestCase("price,amount,side,id,local_timestamp,timestamp,symbol,exchange\r\n" +
        "61800.30,0.006,buy,a-7,,1723161256322000,BTCUSDT,binance-futures\r\n", "", "binance-futures", "a-7")]
    [TestCase(Trades + "binance-futures,BTCUSDT,1723161256322000,1,,buy,61800.30,0.006", "", "binance-futures", "2")]
    public async Task Trades_AreReadByTheirHeader(string text, string options, string source, string id)
    {
        await _run.ToEndAsync($"tardis-trades:{_run.File("day.csv", text)}{options}");

        Assert.That(await Entries(), Is.EqualTo(
            $"at=2024-08-08T23:54:16.322000Z source={source} symbol=BTCUSDT kind=trade price=61800.3 qty=0.006 " +
            $"side=buy trade_id={id}"));
    }

    [TestCase("", "deribit")]
    [TestCase(",source=mine", "mine")]
    public async Task Quotes_AreReadByTheirHeader(string options, string source)
    {
        await _run.ToEndAsync($"tardis-quotes:{_run.File("day.csv", Quotes + Quote)}{options}");

        Assert.That(await Entries(), Is.EqualTo(
            $"at=2024-08-08T23:54:16.313000Z source={source} symbol=BTC-PERPETUAL kind=quote bid=10 bid_qty=0 " +
            "ask=10.5 ask_qty=2.51"));
    }

    [TestCase("a,B,1723161256322000,1,7,unknown,1,1",
        "column 'side' is \"unknown\", expected buy or sell, the side that took the other's order")]
    [TestCase("a,B,1723161256322000,1,7,Buy,1,1",
        "column 'side' is \"Buy\", expected buy or sell, the side that took the other's order")]
    [TestCase("a,B,1723161256322000,1,7,buy,1", "7 columns, expected 8")]
    [TestCase("a,,1723161256322000,1,7,buy,1,1",
        "column 'symbol' is \"\", expected 1 to 64 printable ASCII characters without blanks at the ends")]
    [TestCase("é,B,1723161256322000,1,7,buy,1,1",
        "column 'exchange' is \"é\", expected 1 to 64 printable ASCII characters without blanks at the ends")]
    [TestCase("a,B,1723161256322,1,7,buy,1,1",
        "column 'timestamp' is \"1723161256322\", expected microseconds since 1970, from 1973 to 2199")]
    [TestCase("a,B,1723161256322000,1,é,buy,1,1",
        "column 'id' is \"é\", expected at most 64 printable ASCII characters")]
    [TestCase("a,B,1723161256322000,1,7,buy,1e400,1", "column 'price' is \"1e400\", expected a number")]
    [TestCase("a,B,1723161256322000,1,7,sell,1,-1", "column 'amount' is \"-1\", expected a number above 0, at " +
        "most 1e14")]
    [TestCase("\"a\"x,B,1723161256322000,1,7,sell,1,1", "its quotes do not pair, expected plain fields")]
    public async Task Trades_ThatAreNone_AreRefusedWithAReason(string row, string error)
    {
        await _run.ToEndAsync("tardis-trades:" + _run.File("day.csv", Trades + Trade + row + "\n"));

        Assert.That(await LettersAsync(), Is.EqualTo("day.csv line 3: " + error));
        Assert.That(_run.Progress.Accepted, Is.EqualTo(1));
    }

    [TestCase("a,B,1723161256322000,1,,,10,1", "column 'ask_price' is \"\", expected a price: a quote has both sides")]
    [TestCase("a,B,1723161256322000,1,1,10,,", "column 'bid_price' is \"\", expected a price: a quote has both sides")]
    [TestCase("a,B,1723161256322000,1,1,10,10.5,1", "bid 10.5 and ask 10, expected a bid not above the ask")]
    [TestCase("a,B,1723161256322000,1,,10,9,1", "column 'ask_amount' is \"\", expected a number")]
    [TestCase("a,B,1723161256322000,1,1,10,9,-1", "column 'bid_amount' is \"-1\", expected a number from 0 to 1e14")]
    [TestCase("a,B,1723161256322000,1,1,0,9,1",
        "column 'ask_price' is \"0\", expected a price from 0.000000000001 to 1000000000000")]
    [TestCase("a,B,1723161256322000,1,1,1,NaN,1", "column 'bid_price' is \"NaN\", expected a number")]
    [TestCase("a,B,,1,1,1,1,1", "column 'timestamp' is \"\", expected microseconds since 1970, from 1973 to 2199")]
    public async Task Quotes_ThatAreNone_AreRefusedWithAReason(string row, string error)
    {
        await _run.ToEndAsync("tardis-quotes:" + _run.File("day.csv", Quotes + Quote + row + "\n"));

        Assert.That(await LettersAsync(), Is.EqualTo("day.csv line 3: " + error));
        Assert.That(_run.Progress.Accepted, Is.EqualTo(1));
    }

    [Test]
    public async Task Trades_OfSeveralSymbols_AreEachTheirOwn()
    {
        var text = Trades + Trade + Trade.Replace("BTCUSDT", "ETHUSDT", StringComparison.Ordinal) + Trade;

        await _run.ToEndAsync("tardis-trades:" + _run.File("day.csv", text));

        Assert.That(
            (await _run.EventsAsync()).Select(trade => trade.Symbol),
            Is.EqualTo(new[] { "BTCUSDT", "ETHUSDT", "BTCUSDT" }));
    }

    [Test]
    public async Task Trades_OfAnotherSymbolThanTheSpecSays_AreRefused()
    {
        var text = Trades + Trade + Trade.Replace("BTCUSDT", "ETHUSDT", StringComparison.Ordinal);

        await _run.ToEndAsync($"tardis-trades:{_run.File("day.csv", text)},symbol=BTCUSDT");

        Assert.That(await _run.LettersAsync("error"), Is.EqualTo(new[]
        {
            "day.csv line 3: column 'symbol' is \"ETHUSDT\", expected BTCUSDT as symbol= says; leave it out to take " +
            "every row",
        }));
    }

    [Test]
    public void Trades_OfNoSymbolTheSpecSays_AreAnErrorOfTheFile()
    {
        var path = _run.File("day.csv", Trades + Trade);

        var failure = _run.Fails<FeedFileException>($"tardis-trades:{path},symbol=BTCUSD");

        Assert.That(failure.Message, Does.Contain(
            "day.csv line 2: column 'symbol' is \"BTCUSDT\", expected BTCUSD as symbol= says; leave it out to take " +
            "every row."));
    }

    [TestCase("tardis-trades", "exchange,symbol,timestamp,local_timestamp,side,price,amount")]
    [TestCase("tardis-trades", "binance-futures,BTCUSDT,1723161256322000,1723161255088176,7,buy,61800.30,0.006")]
    [TestCase("tardis-quotes", "exchange,symbol,timestamp,local_timestamp,ask_price,bid_price")]
    public void File_WithoutItsHeader_IsRefused(string format, string header)
    {
        var path = _run.File("day.csv", header + "\n" + Trade);

        var failure = _run.Fails<FeedFileException>($"{format}:{path}");

        Assert.That(failure.Message, Does.StartWith($"{path} line 1: ").And.Contain("expected "));
        Assert.That(failure.Message, Does.Contain("the header is").Or.Contain("another kind of Tardis file"));
    }

    [Test]
    public async Task Trades_FedBefore_AreSkippedAndGrownOnesGoOn()
    {
        await _run.ToEndAsync("tardis-trades:" + _run.File("day.csv", Trades + Trade));

        await _run.ToEndAsync("tardis-trades:" + _run.File("copy.csv", Trades + Trade));
        await _run.ToEndAsync("tardis-trades:" + _run.File("day.csv", Trades + Trade + Trade));

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(2));
        Assert.That(_run.Logger.Lines, Has.Some.Contains("copy.csv was fed to its end before").Or.Contains("skipped"));
        Assert.That(_run.Logger.Lines.Last(), Does.EndWith("day.csv goes on behind its first 1 rows"));
    }

    private async Task<string> LettersAsync() => string.Join('\n', await _run.LettersAsync("error"));

    private async Task<string> Entries() =>
        string.Join('\n', (await _run.EntriesAsync(StreamNames.MarketData)).Select(entry => entry.Fields.ToString()));
}

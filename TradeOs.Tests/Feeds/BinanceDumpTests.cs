using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>Binance <c>aggTrades</c> and <c>klines</c> dumps.</summary>
public sealed class BinanceDumpTests
{
    private const string AggTrade = "7,61000.50,0.02,11,13,1723161255342,true";
    private const string Kline =
        "1723161240000,10,12,9,11,7.5,1723161299999,80.1,42,3.5,40.2,0";

    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [TestCase(AggTrade)]
    [TestCase(AggTrade + ",true")]
    [TestCase("id,price,qty,first_id,last_id,time,is_buyer_maker\n" + AggTrade)]
    [TestCase("agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\r\n" + AggTrade)]
    [TestCase("7,61000.50,0.02,-1,-1,1723161255342000,True,True")]
    public async Task AggTrades_OfEveryLayoutSeen_AreRead(string text)
    {
        var path = _run.File("BTCUSDT-aggTrades-2024-08-08.csv", text);

        await _run.ToEndAsync("binance-aggtrades:" + path);

        Assert.That(await Entries(), Is.EqualTo(
            "at=2024-08-08T23:54:15.342000Z source=binance symbol=BTCUSDT kind=trade price=61000.5 qty=0.02 " +
            "side=sell trade_id=7"));
        Assert.That(FormatSight.Resolve(FeedSpec.Parse(path)).Format, Is.EqualTo(FeedFormat.BinanceAggTrades));
    }

    [TestCase("8,1,1,1,1,1", "6 columns, expected 7 or 8")]
    [TestCase("8,1,1,x,1,1723161255342,true", "column 'first_id' is \"x\", expected a whole number")]
    [TestCase("8,1,1,1,,1723161255342,true", "column 'last_id' is \"\", expected a whole number")]
    [TestCase("-8,1,1,1,1,1723161255342,true", "column 'id' is \"-8\", expected digits")]
    [TestCase("8,0,1,1,1,1723161255342,true",
        "column 'price' is \"0\", expected a price from 0.000000000001 to 1000000000000")]
    [TestCase("8,1,0,1,1,1723161255342,true", "column 'qty' is \"0\", expected a number above 0, at most 1e14")]
    [TestCase("8,1,0.12345678901234567890123456789012,1,1,1723161255342,true",
        "column 'qty' is \"0.12345678901234567890123456789012\", expected a number, of at most 28 digits")]
    [TestCase("8,1,1,1,1,12,true", "column 'time' is \"12\", expected s, ms, us or ns since 1970, from 1973 to 2199")]
    [TestCase("8,1,1,1,1,1723161255342,1", "column 'is_buyer_maker' is \"1\", expected true or false")]
    [TestCase("\"8\"x,1,1,1,1,1723161255342,1", "its quotes do not pair, expected plain fields")]
    public async Task AggTrades_ThatAreNone_AreRefusedWithAReason(string row, string error)
    {
        await _run.ToEndAsync("binance-aggtrades:" + _run.File("X-aggTrades-1.csv", $"{AggTrade}\n{row}\n"));

        Assert.That(await LettersAsync(), Is.EqualTo("X-aggTrades-1.csv line 2: " + error));
        Assert.That(_run.Progress.Accepted, Is.EqualTo(1));
    }

    [TestCase(Kline)]
    [TestCase(
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume," +
        "ignore\n" + Kline)]
    [TestCase("1723161240000000,10,12,9,11,7.5,1723161299999999,80.1,42,3.5,40.2,0\r\n")]
    public async Task Klines_OfEveryLayoutSeen_AreBarsStampedWhereTheyOpen(string text)
    {
        var path = _run.File("um-BTCUSDT-1m-2024-08-08.csv", text);

        await _run.ToEndAsync("binance-klines:" + path);

        Assert.That(await Entries(), Is.EqualTo(
            "at=2024-08-08T23:54:00.000000Z source=binance symbol=BTCUSDT kind=bar open=10 high=12 low=9 close=11 " +
            "volume=7.5"));
        Assert.That(FormatSight.Resolve(FeedSpec.Parse(path)).Format, Is.EqualTo(FeedFormat.BinanceKlines));
    }

    [TestCase("1,2,3", "3 columns, expected 12")]
    [TestCase("x,10,12,9,11,7.5,1723161299999,80.1,42,3.5,40.2,0", "column 'open_time' is \"x\", expected digits")]
    [TestCase("1723161240000,10,12,9,11,7.5,1,80.1,42,3.5,40.2,0",
        "column 'close_time' is \"1\", expected s, ms, us or ns since 1970, from 1973 to 2199")]
    [TestCase("1723161240000,10,12,9,11,7.5,1723161240000,80.1,42,3.5,40.2,0",
        "column 'close_time' is \"1723161240000\", expected a time after open_time")]
    [TestCase("1723161240000,10,NaN,9,11,7.5,1723161299999,80.1,42,3.5,40.2,0",
        "column 'high' is \"NaN\", expected a number")]
    [TestCase("1723161240000,10,10.5,9,11,7.5,1723161299999,80.1,42,3.5,40.2,0",
        "high 10.5 and low 9, expected them around open 10 and close 11")]
    [TestCase("1723161240000,10,12,9,11,-1,1723161299999,80.1,42,3.5,40.2,0",
        "column 'volume' is \"-1\", expected a number from 0 to 1e14")]
    [TestCase("1723161240000,10,12,9,11,x,1723161299999,80.1,42,3.5,40.2,0",
        "column 'volume' is \"x\", expected a number")]
    [TestCase("\"8\"x,10,12,9,11,7.5,1723161299999,80.1,42,3.5,40.2,0", "its quotes do not pair, expected plain " +
        "fields")]
    public async Task Klines_ThatAreNone_AreRefusedWithAReason(string row, string error)
    {
        await _run.ToEndAsync("binance-klines:" + _run.File("X-1m-1.csv", $"{Kline}\n{row}\n"));

        Assert.That(await LettersAsync(), Is.EqualTo("X-1m-1.csv line 2: " + error));
        Assert.That(_run.Progress.Accepted, Is.EqualTo(1));
    }

    [TestCase("binance-aggtrades", "a,b,c", "id,price,qty,first_id,last_id,time,is_buyer_maker[,is_best_match]")]
    [TestCase("binance-klines", "a,b,c",
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume," +
        "ignore")]
    [TestCase("binance-trades", "a,b,c", "id,price,qty,quote_qty,time,is_buyer_maker[,is_best_match]")]
    public void Dump_WithAHeaderThatIsNone_IsAnErrorOfTheFile(string format, string header, string expected)
    {
        var path = _run.File("day.csv", header + "\n1,2,3\n");

        var failure = _run.Fails<FeedFileException>($"{format}:{path},symbol=X");

        Assert.That(failure.Message, Is.EqualTo(
            $"{path} line 1: the header is \"{header}\", expected {expected}. Name the format this file has, or mend " +
            "the header."));
    }

    [Test]
    public void Dump_WithoutARowOfItsShape_IsAnErrorOfTheFile()
    {
        var path = _run.File("day.csv", "1,2\n3,4\n");

        var failure = _run.Fails<FeedFileException>($"binance-aggtrades:{path},symbol=X");

        Assert.That(failure.Message, Is.EqualTo(
            $"{path}: none of the first 2 rows can be taken as binance-aggtrades (id,price,qty,first_id,last_id,time," +
            "is_buyer_maker[,is_best_match]); day.csv line 1: 2 columns, expected 7 or 8. Name the format this file " +
            "has, or mend its rows."));
    }

    private async Task<string> LettersAsync() => string.Join('\n', await _run.LettersAsync("error"));

    private async Task<string> Entries() =>
        string.Join('\n', (await _run.EntriesAsync(StreamNames.MarketData)).Select(entry => entry.Fields.ToString()));
}

using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>A file's format is told where that is certain; where it is not, the person is told how to say it.</summary>
public sealed class FormatSightTests
{
    private const string Trade = "7,61000.50,0.02,1220.01,1723161255342,true,true\n";
    private const string AggTrade = "7,61000.50,0.02,11,13,1723161255342,true\n";

    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [TestCase(Trade, "binance-trades")]
    [TestCase("7,61000.50,0.02,1723161255342,true\n", "binance-trades")]
    [TestCase("\uFEFF\n\nid,price,qty,quote_qty,time,is_buyer_maker\n", "binance-trades")]
    [TestCase(AggTrade, "binance-aggtrades")]
    [TestCase("agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n",
        "binance-aggtrades")]
    [TestCase("1723161240000,10,12,9,11,7.5,1723161299999,80.1,42,3.5,40.2,0\n", "binance-klines")]
    [TestCase("exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n", "tardis-trades")]
    [TestCase("exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n", "tardis-quotes")]
    [TestCase("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\n", "ohlcv")]
    [TestCase("Date;Open;High;Low;Close\n", "ohlcv")]
    [TestCase("20170103 093000;1;1;1;1;1\r\n", "ohlcv")]
    [TestCase("{\"at\":1}\n", "ndjson")]
    public void Format_WhereTheFirstRowTellsIt_IsTaken(string text, string format)
    {
        var spec = FormatSight.Resolve(FeedSpec.Parse(_run.File("day.csv", text) + ",symbol=S,source=x"));

        Assert.That((FeedSpec.WordOf(spec.Format), spec.Symbol, spec.Source), Is.EqualTo((format, "S", "x")));
    }

    [Test]
    public void Format_OfAPackedFile_IsTold()
    {
        var path = _run.File("BTCUSDT-aggTrades-1.csv.gz", FeedRun.Gzip(AggTrade));

        Assert.That(FormatSight.Resolve(FeedSpec.Parse(path)).Format, Is.EqualTo(FeedFormat.BinanceAggTrades));
    }

    [TestCase("1,2,3,4,5\n", "1,2,3,4,5")]
    [TestCase("time,close\n", "time,close")]
    [TestCase("1723161240000,10,12,9,11,7.5\n", "1723161240000,10,12,9,11,7.5")]
    public void Format_ThatIsNotCertain_IsAskedFor(string text, string shown)
    {
        var path = _run.File("day.csv", text);

        var failure = _run.Fails<FeedSpecException>(path);

        Assert.That(failure.Message, Is.EqualTo(
            $"{path} line 1: \"{shown}\" tells no format for certain, expected a header or row of binance-trades, " +
            "binance-aggtrades, binance-klines, tardis-trades, tardis-quotes, ohlcv, ndjson. Write the format it " +
            $"has in front: --feed FORMAT:{path}"));
    }

    [TestCase("garbage\n" + Trade, "garbage", "binance-trades")]
    [TestCase(Trade + AggTrade, "7,61000.50,0.02,1220.01,1723161255342,true,true",
        "binance-trades and binance-aggtrades")]
    public void Format_ThatRowsContradict_IsAskedForNamingTheCandidates(string text, string shown, string candidates)
    {
        var path = _run.File("day.csv", text);

        var failure = _run.Fails<FeedSpecException>(path);

        Assert.That(failure.Message, Is.EqualTo(
            $"{path} line 1: \"{shown}\" tells no format for certain, the first 10 rows show {candidates}, " +
            $"expected one format. Write it in front: --feed binance-trades:{path}"));
    }

    [Test]
    public void Format_OfTardisLiquidations_IsAskedForAsTheirHeaderIsThatOfTrades()
    {
        const string Header = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
        var path = _run.File("bitmex_liquidations_2024-08-08_XBTUSD.csv", Header + "\n");

        Assert.That(_run.Fails<FeedSpecException>(path).Message, Is.EqualTo(
            $"{path} line 1: \"{Header}\" is the header of Tardis trades and of Tardis liquidations, and the file's " +
            $"name says the latter, expected trades. If they are to be traded on: --feed tardis-trades:{path}"));
    }

    [Test]
    public void Format_OfAFileWithoutRows_IsNone()
    {
        var path = _run.File("day.csv", "\n\n");

        Assert.That(_run.Fails<FeedSpecException>(path).Message, Is.EqualTo(
            $"{path}: holds no rows, expected some. Fetch it again."));
    }

    [Test]
    public void Format_OfAFileThatIsNoText_IsNone()
    {
        var path = _run.File("day.csv", System.Text.Encoding.Unicode.GetPreamble());

        Assert.That(_run.Fails<FeedFileException>(path).Message, Is.EqualTo(
            $"{path}: byte 0 is fffe, expected UTF-8 text. Convert it: iconv -f ENCODING -t UTF-8, or fetch it " +
            "again."));
    }

    [Test]
    public void Option_TheFormatToldDoesNotKnow_IsRefused()
    {
        var path = _run.File("BTCUSDT-trades-1.csv", Trade);

        Assert.That(_run.Fails<FeedSpecException>(path + ",dates=mdy").Message, Is.EqualTo(
            $"--feed {path},dates=mdy: option \"dates\" is unknown, expected one of symbol, source, pace. Take it " +
            "out, or correct its name."));
    }

    [TestCase("ohlcv", Trade, "binance-trades")]
    [TestCase("binance-trades", AggTrade, "binance-aggtrades")]
    [TestCase("binance-aggtrades", Trade, "binance-trades")]
    [TestCase("tardis-quotes", "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\na,b\n",
        "tardis-trades")]
    [TestCase("tardis-trades", Trade, "binance-trades")]
    [TestCase("ndjson", "Date;Open;High;Low;Close\n1;1;1;1;1\n", "ohlcv")]
    [TestCase("binance-klines", "{\"at\":1}\n", "ndjson")]
    public async Task File_UnderAnotherFormatsName_IsRefusedNamingItsOwn(string named, string text, string format)
    {
        var path = _run.File("day.csv", text);

        var failure = _run.Fails<FeedFileException>($"{named}:{path},symbol=X");

        Assert.That(failure.Message, Does.StartWith($"{path} line 1: \"").And.EndWith(
            $"\" is of format {format}, expected {named}. Write {format}:{path}"));
        Assert.That(await _run.EntriesAsync(StreamNames.DeadLetters), Is.Empty);
    }

    [TestCase("1723161253937085768 {\"stream\":\"x\"}\n", "is of a raw capture (time of receipt, then what the venue " +
        "sent), expected rows of market data. Make ndjson of its trades: cat PATH | cut -d' ' -f2- | jq -c " +
        "'.data|select(.e==\"trade\")|{at:.T,symbol:.s,kind:\"trade\",price:.p,qty:.q,side:(if .m then \"sell\" else " +
        "\"buy\" end),trade_id:.t}' > trades.ndjson")]
    [TestCase("TimestampOfReceive,Stream,EventType\n", "is the header of a capture made a table, expected rows of " +
        "market data. Make ndjson of it: cat PATH | awk -F, 'NR>1{printf \"{\\\"at\\\":%s,\\\"symbol\\\":\\\"%s\\\"," +
        "\\\"kind\\\":\\\"trade\\\",\\\"price\\\":\\\"%s\\\",\\\"qty\\\":\\\"%s\\\",\\\"side\\\":\\\"%s\\\"," +
        "\\\"trade_id\\\":\\\"%s\\\"}\\n\",$5,$6,$8,$9,$10==1?\"sell\":\"buy\",$7}' > trades.ndjson")]
    [TestCase("1437,61685.99,0.00017\n", "is a tick of LEAN: milliseconds since midnight, price and quantity; its " +
        "day " +
        "stands in the file's name only, and which side took the other's order nowhere, expected both in the row. " +
        "Make bars of it: cat PATH | awk -F, -v unit=1000 -v day=$(date -ud 2024-08-09 +%s) 'BEGIN")]
    [TestCase("1315922016,5.8,1.0\n", "has a time, a price and an amount only, expected a trade's side and id as " +
        "well: they cannot be guessed. Make bars of it: cat PATH | awk -F, -v unit=1 -v day=0 'BEGIN")]
    [TestCase("exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n", "is the header of another " +
        "kind of Tardis file, expected that of trades or of quotes (best bid and ask). Fetch data type trades or " +
        "quotes.")]
    public void File_OfAKnownOtherKind_IsRefusedWithTheWayToUseIt(string text, string reason)
    {
        var path = _run.File("20240809_x.csv", text);
        reason = reason.Replace("PATH", path, StringComparison.Ordinal);

        var unnamed = _run.Fails<FeedSpecException>(path);
        var named = _run.Fails<FeedFileException>($"ndjson:{path}");

        Assert.That(unnamed.Message, Does.StartWith($"{path} line 1: \"{text.TrimEnd()}\" {reason}"));
        Assert.That(named.Message, Is.EqualTo(unnamed.Message));
    }
}

using System.Globalization;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class BarFileTests
{
    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [TestCase("date,open,high,low,close,volume\n2017-01-03,1,4,0.5,2,7\n", "2017-01-03")]
    [TestCase("\uFEFFDate;Open;High;Low;Close;Vol\r\n2017/1/3;1;4;0.5;2;7\r\n", "2017-01-03")]
    [TestCase("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n" +
        "2017.01.03\t09:30\t1\t4\t0.5\t2\t99\t7\t5\n", "2017-01-03T09:30")]
    [TestCase("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2017.01.03\t09:30:05\t1\t4\t0.5\t2\t7\n",
        "2017-01-03T09:30:05")]
    [TestCase(",o,h,l,c,v\n2017-01-03T09:30:00+02:00,1,4,0.5,2,7\n", "2017-01-03T07:30")]
    [TestCase("open_time,open,high,low,close,volume,close_time\n1483435800000,1,4,0.5,2,7,1\n", "2017-01-03T09:30")]
    [TestCase("time,close,low,high,open,volume\n1483435800,2,0.5,4,1,7\n", "2017-01-03T09:30")]
    [TestCase("Timestamp,Open,High,Low,Close,Volume\n1483435800123456,1,4,0.5,2,7\n", "2017-01-03T09:30:00.123456")]
    [TestCase("timestamp_utc,Open,High,Low,Close,Volume\n1483435800123456789,1,4,0.5,2,7\n",
        "2017-01-03T09:30:00.123456")]
    [TestCase("Datetime,Open,High,Low,Close,Volume,Adj Close\n20170103 093000,1,4,.5,2,7.00,\n", "2017-01-03T09:30")]
    [TestCase("Date Time,Open,High,Low,Close,Volume\n\"01/03/17 09:30\",\"1\",4,5e-1,2,7,\n", "2017-01-03T09:30")]
    [TestCase("20170103 093000;1;4;0.5;2;7", "2017-01-03T09:30")]
    [TestCase("20170103;1;4;0.5;2;7\n", "2017-01-03")]
    public async Task Bars_OfEveryLayoutSeen_AreRead(string text, string at)
    {
        await _run.ToEndAsync("ohlcv:" + _run.File("spy.csv", text));

        var expected = new Bar(
            DateTime.Parse(at, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
            "file", "SPY", new Price(1), new Price(4), new Price(0.5m), new Price(2), new Quantity(7));
        Assert.That(await _run.EventsAsync(), Is.EqualTo(new[] { expected }));
    }

    [TestCase("1/3/2017", "", "2017-01-03")]
    [TestCase("1/3/2017", ",dates=dmy", "2017-03-01")]
    [TestCase("1/3/2017", ",dates=mdy", "2017-01-03")]
    [TestCase("1/3/2017|1/13/2017", "", "2017-01-03 2017-01-13")]
    [TestCase("1/3/2017|13/3/2017", "", "2017-03-01 2017-03-13")]
    [TestCase("1-3-99|13-3-99", "", "1999-03-01 1999-03-13")]
    public async Task Bars_WithDatesOfEitherOrder_AreReadByWhatTheFileShows(string dates, string option,
        string expected)
    {
        var text = "date,open,high,low,close\n" + string.Concat(dates.Split('|').Select(date => date + ",1,1,1,1\n"));

        await _run.ToEndAsync("ohlcv:" + _run.File("spy.csv", text) + option);

        Assert.That(
            string.Join(' ',
                (await _run.EventsAsync()).Select(bar => bar.At.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))),
            Is.EqualTo(expected));
    }

    [Test]
    public void Bars_WithDatesThatContradictEachOther_AreAnErrorOfTheFile()
    {
        var path = _run.File("spy.csv", "date,open,high,low,close\n13/1/2017,1,1,1,1\n1/14/2017,1,1,1,1\n");

        var failure = _run.Fails<FeedFileException>("ohlcv:" + path);

        Assert.That(failure.Message, Is.EqualTo(
            $"{path}: the date of line 2 has its day first, that of line 3 its month, expected one order. " +
            "Say which with ,dates=mdy or ,dates=dmy; rows of the other are then refused."));
    }

    [Test]
    public void Bars_TooManyToTurnRound_NameTheOption()
    {
        var path = _run.File("spy.csv",
            "date,open,high,low,close\n20170105,1,1,1,1\n20170104,1,1,1,1\n20170103,1,1,1,1\n");

        var failure = _run.Fails<FeedFileException>($"ohlcv:{path},rows-max=2");

        Assert.That(failure.Message, Is.EqualTo(
            $"{path}: is written newest first and has 3 rows, expected at most 2 to turn round in memory. " +
            "Raise it with ,rows-max=3, or write the file oldest first."));
    }

    [Test]
    public async Task Bars_WrittenNewestFirst_KeepTheirLineNumbers()
    {
        await _run.ToEndAsync("ohlcv:" + _run.File(
            "spy.csv", "date,open,high,low,close\n20170105,1,1,1,1\n20170104,0,1,1,1\n20170103,1,1,1,1\n"));

        Assert.That((await _run.EventsAsync()).Select(bar => bar.At.Day), Is.EqualTo(new[] { 3, 5 }));
        Assert.That(await _run.LettersAsync("id"), Is.EqualTo(new[] { "3" }));
    }

    [Test]
    public async Task Bars_NewestFirstInACutArchive_AreNotFedAtAll()
    {
        var text = "date,open,high,low,close\n" + string.Concat(Enumerable.Range(0, 5000).Select(index =>
            $"{1723161256 - (index * 60)},{100 + (index % 13)}.{index % 17},200,1,100\n"));
        var packed = FeedRun.Gzip(text);

        var failure = _run.Fails<FeedFileException>("ohlcv:" + _run.File("spy.csv.gz", packed[..(packed.Length / 2)]));

        Assert.That(failure.Message, Does.EndWith(
            "Fetch it again. It is written newest first, so its oldest rows are missing: none is fed."));
        Assert.That(await _run.TextAsync(), Is.Empty);
    }

    [TestCase("2017-01-03,1,1,1", "4 columns, expected 5")]
    [TestCase("2017-01-03,1,1,1,1,9", "6 columns, expected 5")]
    [TestCase(",1,1,1,1", "column 'time' is \"\", expected a time")]
    [TestCase("2017-13-03,1,1,1,1", "column 'time' is \"2017-13-03\", expected a time such as 2017-01-03 09:30:00, " +
        "1/31/2017 (month first), or s, ms, us, ns since 1970")]
    [TestCase("2017-01-03,x,1,1,1", "column 'open' is \"x\", expected a number")]
    [TestCase("2017-01-03,1,1,0,1", "column 'low' is \"0\", expected a price from 0.000000000001 to 1000000000000")]
    [TestCase("2017-01-03,1,1,1,1.5", "high 1 and low 1, expected them around open 1 and close 1.5")]
    [TestCase("\"2017-01-03\"x,1,1,1,1", "its quotes do not pair, expected plain fields")]
    public async Task Bars_ThatAreNone_AreRefusedWithAReason(string row, string error)
    {
        await _run.ToEndAsync("ohlcv:" + _run.File("spy.csv",
            $"date,open,high,low,close\n2017-01-03,1,1,1,1\n{row}\n"));

        Assert.That((await _run.LettersAsync("error"))[0], Is.EqualTo("spy.csv line 3: " + error));
    }
}

using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class RecordedBarsTests
{
    // As counted by another program over the same files. Of bad.csv: 50 rows have no date, 51 no prices, 54 a price
    // that is not above 0, 1 a negative volume, 9 a high or low that is not, and 27 more a volume above 1e14.
    [TestCase("skender/default.csv", 502, 0)]
    [TestCase("skender/bitcoin.csv", 1246, 0)]
    [TestCase("skender/penny.csv", 533, 0)]
    [TestCase("skender/mismatch.csv", 502, 0)]
    [TestCase("skender/bad.csv", 310, 192)]
    [TestCase("skender/zeros.csv", 0, 200)]
    [TestCase("pyalgotrade/spy-2010-yahoofinance.csv", 252, 0)]
    [TestCase("pyalgotrade/30min-bitstampUSD-2.csv", 1968, 0)]
    [TestCase("pyalgotrade/nt-spy-minute-2011.csv", 14180, 0)]
    [TestCase("nautilus/gbpusd-m1-ask-2012.csv", 30117, 0)]
    [TestCase("nautilus/gbpusd-m1-bid-2012.csv", 30117, 0)]
    [TestCase("nautilus/6EH4.XCME_1min_bars_20240101_20240131.csv.gz", 29996, 0)]
    [TestCase("binance_issue_excerpts/cm-BTCUSD_PERP-1h-2023-10-27.issue283.csv", 3, 0)]
    [TestCase("binance_issue_excerpts/spot-BTCUSDT-1h-2023-10-27.issue283.csv", 3, 0)]
    [TestCase("nautilus/ADABTC-1m-2021-11-27.csv", 10, 0)]
    public async Task Feed_OfARecordedFile_AccountsForEveryRow(string file, int accepted, int refused)
    {
        using var run = new FeedRun();

        await run.ToEndAsync("ohlcv:" + Recorded.File(file));

        Assert.That((run.Progress.Accepted, run.Progress.Refused), Is.EqualTo((accepted, refused)));
        Assert.That((await run.EventsAsync()).Length, Is.EqualTo(accepted));
        Assert.That((await run.LettersAsync("error")).Length, Is.EqualTo(refused));
    }

    [TestCase("skender/default.csv", "at=2017-01-03T00:00:00.000000Z source=file symbol=DEFAULT kind=bar open=212.61 " +
        "high=213.35 low=211.52 close=212.8 volume=96708880")]
    [TestCase("pyalgotrade/spy-2010-yahoofinance.csv", "at=2010-01-04T00:00:00.000000Z source=file symbol=SPY " +
        "kind=bar open=112.37 high=113.39 low=111.51 close=113.33 volume=118944600")]
    [TestCase("pyalgotrade/nt-spy-minute-2011.csv", "at=2011-01-03T09:01:00.000000Z source=file symbol=NT kind=bar " +
        "open=126.35 high=126.39 low=126.35 close=126.39 volume=1579")]
    [TestCase("nautilus/gbpusd-m1-ask-2012.csv", "at=2012-02-01T00:00:00.000000Z source=file symbol=GBPUSD kind=bar " +
        "open=1.57608 high=1.5761 low=1.57585 close=1.57585 volume=0")]
    [TestCase("binance_issue_excerpts/cm-BTCUSD_PERP-1h-2023-10-27.issue283.csv", "at=2023-10-27T00:00:00.000000Z " +
        "source=file symbol=CM kind=bar open=34161.6 high=34182.5 low=33977.4 close=34024.2 volume=409953")]
    [TestCase("nautilus/ADABTC-1m-2021-11-27.csv", "at=2021-11-27T00:00:00.000000Z source=file symbol=ADABTC " +
        "kind=bar open=0.00002853 high=0.00002854 low=0.00002851 close=0.00002854 volume=36304.2")]
    public async Task Feed_OfARecordedFile_BeginsWithItsOldestBar(string file, string entry)
    {
        using var run = new FeedRun();

        await run.ToEndAsync("ohlcv:" + Recorded.File(file));

        Assert.That((await run.EntriesAsync(StreamNames.MarketData))[0].Fields.ToString(), Is.EqualTo(entry));
    }

    [Test]
    public async Task Feed_OfAFileWrittenNewestFirst_IsInTimeOrder()
    {
        using var run = new FeedRun();

        await run.ToEndAsync("ohlcv:" + Recorded.File("pyalgotrade/spy-2010-yahoofinance.csv"));

        Assert.That((await run.EventsAsync()).Select(bar => bar.At), Is.Ordered);
    }

    [Test]
    public async Task Feed_OfBadBars_SaysOfEachWhatIsWrong()
    {
        using var run = new FeedRun();

        await run.ToEndAsync("ohlcv:" + Recorded.File("skender/bad.csv"));

        var kinds = (await run.LettersAsync("error"))
            .CountBy(error => System.Text.RegularExpressions.Regex.Replace(error, @"-?\d+(\.\d+)?", "#"))
            .OrderBy(kind => kind.Key, StringComparer.Ordinal);
        Assert.That(string.Join('\n', kinds.Select(kind => $"{kind.Value} {kind.Key}")), Is.EqualTo(
            """
            1 bad.csv line #: column 'high' is "#", expected a price from # to #
            1 bad.csv line #: column 'low' is "#", expected a price from # to #
            51 bad.csv line #: column 'open' is "", expected a number
            52 bad.csv line #: column 'open' is "#", expected a price from # to #
            50 bad.csv line #: column 'time' is "", expected a time
            28 bad.csv line #: column 'volume' is "#", expected a number from # to #e#
            9 bad.csv line #: high # and low #, expected them around open # and close #
            """));
    }

    [Test]
    public async Task Feed_OfTradesAsBars_IsAnErrorOfTheFile()
    {
        using var run = new FeedRun();
        var path = Recorded.File("pyalgotrade/bitstampUSD.csv");
        var first = (await File.ReadAllLinesAsync(path))[0];

        var failure = run.Fails<FeedFileException>("ohlcv:" + path);

        Assert.That(failure.Message, Does.StartWith(
            $"{path} line 1: \"{first}\" has a time, a price and an amount only, expected a trade's side and id as " +
            $"well: they cannot be guessed. Make bars of it: cat {path} | awk -F, -v unit=1 -v day=0 'BEGIN"));
        Assert.That(await run.EntriesAsync(StreamNames.DeadLetters), Is.Empty);
    }

    [TestCase("binance_issue_excerpts/spot-BTCUSDT-1h-2023-10-27.issue283.csv",
        "is of format binance-klines, expected binance-trades. Write binance-klines:")]
    [TestCase("nautilus/ADABTC-1m-2021-11-27.csv", "is of format binance-klines, expected binance-trades.")]
    [TestCase("pyalgotrade/bitstampUSD.csv", "has a time, a price and an amount only")]
    [TestCase("nautilus/bitmex_trades_XBTUSD.csv", "is of format tardis-trades, expected binance-trades.")]
    [TestCase("skender/default.csv", "is of format ohlcv, expected binance-trades. Write ohlcv:")]
    public async Task Feed_OfAnotherFormatAsTrades_IsAnErrorOfTheFile(string file, string part)
    {
        using var run = new FeedRun();

        var failure = run.Fails<FeedFileException>($"binance-trades:{Recorded.File(file)},symbol=X");

        Assert.That(failure.Message, Does.Contain(part));
        Assert.That(await run.TextAsync(), Is.Empty);
    }
}

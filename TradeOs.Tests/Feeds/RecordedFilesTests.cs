using System.Globalization;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>
/// Every recorded file, given without its format: taken with exact totals, or refused for the right reason.
/// </summary>
public sealed class RecordedFilesTests
{
    // Totals of another program (Python's decimal) over the same files, and as published beside them. Of trades: open,
    // high, low, close, quantity, price times quantity, quantity bought by the aggressor. Of bars: open, high, low,
    // close, volume. Of quotes: first, highest, lowest and last bid, then the sums of bid_qty, ask and ask_qty.
    private static readonly string[][] Taken =
    [
        [Recorded.BtcSpot, "binance-trades", "19904+0",
            "61837.63 61860.8 61556.04 61602.02 437.91552 27006929.5910348 204.49112"],
        [Recorded.BtcFutures, "binance-trades", "21313+0",
            "61800.3 61839.9 61590.3 61659.8 2429.366 149845680.8898 1251.576"],
        [Recorded.TrxMicroseconds, "binance-trades", "10000+0",
            "0.2312 0.2329 0.2304 0.2327 45996895.9 10666021.10336 25341014.7"],
        ["binance_issue_excerpts/um-BTCUSDT-trades-2020-08.issue12.csv", "binance-trades", "7+0",
            "11343.67 11685.02 11343.1 11343.1 1.917 21749.22225 0"],
        [Recorded.TardisTrades, "tardis-trades", "21313+0",
            "61800.3 61839.9 61590.3 61659.8 2429.366 149845680.8898 1251.576"],
        ["nautilus/bitmex_trades_XBTUSD.csv", "tardis-trades", "10+0", "8531.5 8531.5 8531.5 8531.5 2161 18436571.5 0"],
        [Recorded.TardisQuotes, "tardis-quotes", "66089+0",
            "61800.2 61839.8 61590.3 61659.7 237659.035 4078807625.3 316829.09"],
        ["nautilus/huobi-dm-swap_quotes_BTC-USD.csv", "tardis-quotes", "10+0",
            "8629.2 8629.2 8629.2 8629.2 8302 86293 54838"],
        ["binance_issue_excerpts/cm-BTCUSD_PERP-1h-2023-10-27.issue283.csv", "binance-klines", "3+0",
            "34161.6 34182.5 33776.4 34094.2 1541289"],
        ["binance_issue_excerpts/spot-BTCUSDT-1h-2023-10-27.issue283.csv", "binance-klines", "3+0",
            "34151.66 34171.28 33780 34088.57 3402.29156"],
        ["nautilus/ADABTC-1m-2021-11-27.csv", "binance-klines", "10+0",
            "0.00002853 0.00002865 0.00002849 0.00002865 384968"],
        [Recorded.Spy, "ohlcv", "502+0", "212.61 286.1 211.52 245.28 43756291048"],
        ["skender/bitcoin.csv", "ohlcv", "1246+0", "4261.48 41950 2817 37371.38 56629734.627431"],
        ["skender/penny.csv", "ohlcv", "533+0", "2.72 5.57 1.1 2.98 90383286"],
        ["skender/mismatch.csv", "ohlcv", "502+0", "212.61 286.1 211.52 235.29 43756291048"],
        ["skender/bad.csv", "ohlcv", "310+192", "212.61 24485000 0.00000001268 245.28 1771233553038486.13317307"],
        ["skender/zeros.csv", "ohlcv", "0+200", ""],
        ["pyalgotrade/spy-2010-yahoofinance.csv", "ohlcv", "252+0", "112.37 126.2 101.13 125.75 52842325500"],
        ["pyalgotrade/30min-bitstampUSD-2.csv", "ohlcv", "1968+0", "585.46 658.88 554.45 586.9 228429.59740908"],
        ["pyalgotrade/nt-spy-minute-2011.csv", "ohlcv", "14180+0", "126.35 130.35 125.95 128.83 2586902488"],
        ["nautilus/gbpusd-m1-ask-2012.csv", "ohlcv", "30117+0", "1.57608 1.59922 1.56452 1.59216 0"],
        ["nautilus/gbpusd-m1-bid-2012.csv", "ohlcv", "30117+0", "1.57597 1.59922 1.56446 1.59208 0"],
        ["nautilus/6EH4.XCME_1min_bars_20240101_20240131.csv.gz", "ohlcv", "29996+0",
            "1.1076 1.10785 1.081 1.0823 4310578"],
        ["expected/spy_2017_2018_skender_expected.csv", "ohlcv", "502+0", "212.61 286.1 211.52 245.28 43756291048"],
        ["expected/spy_sr.txt", "ohlcv", "77+0", "460.17 900.4 433.01 669.59 3327941990"],
    ];

    private static readonly string[][] Refused =
    [
        ["expected/spy_atr_wilder.txt", "column 'time' is \"1/16/2013 12:00:00 AM\", expected a time such as"],
        ["expected/spy_ema.csv", "\"time,close,EMA14\" tells no format for certain, expected a header or row of"],
        ["hftbacktest/spot__btcusdt_20240808.gz", "is of a raw capture"],
        ["hftbacktest/spot__btcusdt_20240809.gz", "is of a raw capture"],
        ["hftbacktest/usdm__btcusdt_20240808.gz", "is of a raw capture"],
        ["pyalgotrade/bitstampUSD.csv", "has a time, a price and an amount only, expected a trade's side and id"],
        ["derived/lean/crypto/binance/tick/btcusdt/20240809_trade.zip", "is a zip archive|is a tick of LEAN"],
        ["binance_data_processor/test_negative_binance_trade_stream_spot_trxusdt_04-03-2025.csv",
            "is the header of a capture made a table"],
        ["binance_data_processor/test_positive_binance_trade_stream_spot_trxusdt_04-03-2025.csv",
            "is the header of a capture made a table"],
        ["README.md", "tells no format for certain"],
        ["ATTRIBUTION.txt", "tells no format for certain"],
        ["binance_issue_excerpts/README.txt", "tells no format for certain"],
        ["binance_data_processor/LICENSE", "tells no format for certain"],
        ["hftbacktest/LICENSE", "tells no format for certain"],
        ["nautilus/LICENSE", "tells no format for certain"],
        ["pyalgotrade/LICENSE", "tells no format for certain"],
        ["skender/LICENSE", "tells no format for certain"],
    ];

    [Test]
    public void Folder_HoldsNothingNobodyDecidedAbout()
    {
        var folder = Recorded.File("");

        var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));

        Assert.That(found, Is.EquivalentTo(Taken.Concat(Refused).Select(file => file[0])));
    }

    [TestCaseSource(nameof(Taken))]
    public async Task Feed_OfARecordedFile_HasItsTotals(string file, string format, string rows, string totals)
    {
        using var run = new FeedRun();
        var path = Recorded.File(file);

        await run.ToEndAsync(path);

        Assert.That(FeedSpec.WordOf(FormatSight.Resolve(FeedSpec.Parse(path)).Format), Is.EqualTo(format));
        Assert.That($"{run.Progress.Accepted}+{run.Progress.Refused}", Is.EqualTo(rows));
        Assert.That(Totals([.. await run.EventsAsync()]), Is.EqualTo(totals));
        Assert.That((await run.LettersAsync("error")).Length, Is.EqualTo(run.Progress.Refused));
    }

    [TestCaseSource(nameof(Taken))]
    public async Task Feed_OfARecordedFile_IsTheSameWithItsFormatNamed(
        string file, string format, string rows, string totals)
    {
        using var run = new FeedRun();

        await run.ToEndAsync($"{format}:{Recorded.File(file)}");

        Assert.That($"{run.Progress.Accepted}+{run.Progress.Refused}", Is.EqualTo(rows));
        Assert.That(Totals([.. await run.EventsAsync()]), Is.EqualTo(totals));
    }

    [TestCaseSource(nameof(Refused))]
    public async Task Feed_OfAFileOfSomethingElse_SaysOfWhat(string file, string reason)
    {
        using var run = new FeedRun();

        var failure = Assert.CatchAsync(() => run.ToEndAsync(Recorded.File(file)))!;

        Assert.That(failure, Is.InstanceOf<FeedSpecException>().Or.InstanceOf<FeedFileException>());
        Assert.That(failure.Message, Does.StartWith(Recorded.File(file)).And.Match(reason));
        Assert.That(failure.Message, Does.Match(@"\. (Make|Write|Name|Unpack) |: unzip "), "what to do about it");
        Assert.That(await run.TextAsync(), Is.Empty);
    }

    private static string Totals(IReadOnlyList<MarketEvent> events) => events switch
    {
        [Trade, ..] => OfTrades([.. events.Cast<Trade>()]),
        [Bar, ..] => OfBars([.. events.Cast<Bar>()]),
        [Quote, ..] => OfQuotes([.. events.Cast<Quote>()]),
        _ => "",
    };

    private static string OfTrades(IReadOnlyList<Trade> trades) => Text(
        trades[0].Price.Value, trades.Max(trade => trade.Price.Value), trades.Min(trade => trade.Price.Value),
        trades[^1].Price.Value, trades.Sum(trade => trade.Quantity.Value),
        trades.Sum(trade => trade.Price * trade.Quantity),
        trades.Where(trade => trade.Side == Side.Buy).Sum(trade => trade.Quantity.Value));

    private static string OfBars(IReadOnlyList<Bar> bars) => Text(
        bars[0].Open.Value, bars.Max(bar => bar.High.Value), bars.Min(bar => bar.Low.Value), bars[^1].Close.Value,
        bars.Sum(bar => bar.Volume.Value));

    private static string OfQuotes(IReadOnlyList<Quote> quotes) => Text(
        quotes[0].Bid.Value, quotes.Max(quote => quote.Bid.Value), quotes.Min(quote => quote.Bid.Value),
        quotes[^1].Bid.Value, quotes.Sum(quote => quote.BidQuantity.Value), quotes.Sum(quote => quote.Ask.Value),
        quotes.Sum(quote => quote.AskQuantity.Value));

    private static string Text(params decimal[] numbers) => string.Join(' ', numbers.Select(number =>
        number.ToString("0.############################", CultureInfo.InvariantCulture)));
}

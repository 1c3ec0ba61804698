using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class RecordedTradesTests
{
    // Totals as published beside the data (../shared/data/README.md), the quote volume there with six decimals.
    [TestCase(Recorded.BtcSpot, 19904, "61837.63", "61860.80", "61556.04", "61602.02",
        "437.91552", "27006929.591035", "204.49112")]
    [TestCase(Recorded.BtcFutures, 21313, "61800.30", "61839.90", "61590.30", "61659.80",
        "2429.366", "149845680.889800", "1251.576")]
    [TestCase(Recorded.TrxMicroseconds, 10000, "0.2312", "0.2329", "0.2304", "0.2327",
        "45996895.9", "10666021.103360", "25341014.7")]
    public async Task Feed_OfARecordedDay_HasThePublishedTotals(
        string file, int rows, string open, string high, string low, string close, string volume, string quoteVolume,
        string bought)
    {
        using var run = new FeedRun();

        await run.ToEndAsync("binance-trades:" + Recorded.File(file));

        var trades = (await run.EventsAsync()).Cast<Trade>().ToList();
        var total = trades.Sum(trade => trade.Quantity.Value);
        var quote = trades.Sum(trade => trade.Price * trade.Quantity);
        var buys = trades.Where(trade => trade.Side == Side.Buy).Sum(trade => trade.Quantity.Value);
        Assert.That(
            new[] { trades.Count, trades[0].Price.Value, trades.Max(trade => trade.Price.Value),
                trades.Min(trade => trade.Price.Value), trades[^1].Price.Value, total, Math.Round(quote, 6), buys },
            Is.EqualTo(new[] { rows, Number(open), Number(high), Number(low), Number(close),
                Number(volume), Number(quoteVolume), Number(bought) }));
        Assert.That(run.Progress.Refused, Is.Zero);
        Assert.That(run.Progress.BytesRead, Is.EqualTo(run.Progress.BytesTotal));
    }

    [TestCase(Recorded.BtcSpot,
        "at=2024-08-08T23:54:15.342000Z source=binance symbol=BTCUSDT kind=trade price=61837.63 qty=0.02 side=sell " +
        "trade_id=3735683259")]
    [TestCase(Recorded.BtcFutures,
        "at=2024-08-08T23:54:16.322000Z source=binance symbol=BTCUSDT kind=trade price=61800.3 qty=0.006 side=buy " +
        "trade_id=5266583935")]
    [TestCase(Recorded.TrxMicroseconds,
        "at=2025-03-04T00:00:01.271497Z source=binance symbol=TRXUSDT kind=trade price=0.2312 qty=2619.4 side=sell " +
        "trade_id=348656870")]
    public async Task Feed_OfARecordedDay_WritesItsFirstTradeAsPeopleReadIt(string file, string entry)
    {
        using var run = new FeedRun();

        await run.ToEndAsync("binance-trades:" + Recorded.File(file));

        Assert.That((await run.EntriesAsync(StreamNames.MarketData))[0].Fields.ToString(), Is.EqualTo(entry));
    }

    [Test]
    public async Task Feed_OfMonthsInterleavedLineByLine_KeepsTheFilesOrder()
    {
        using var run = new FeedRun();

        await run.ToEndAsync(
            "binance-trades:" + Recorded.File("binance_issue_excerpts/um-BTCUSDT-trades-2020-08.issue12.csv"));

        Assert.That(
            string.Join(' ', (await run.EventsAsync()).Cast<Trade>().Select(trade => trade.TradeId)),
            Is.EqualTo("173525189 195900282 173525190 195900283 173525191 195900284 173525192"));
    }

    private static decimal Number(string text) =>
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>Whatever a file holds: an error of the file, or each row refused or accepted for stages to read.</summary>
public sealed class RowFuzzTests
{
    private static readonly string[] Pieces =
    [
        "1", "0", "-1", "61000.5", "1e3", "1e99", "99999999999999999999999999999999", "0.0000000000000000000000000001",
        "1723161255342",
        "1723161255342000", "99999999999999999", "True", "false", "2017-01-03", "13/13/2017", "31/1/2017", "20170103 " +
        "093000", "09:30", "",
        " ", "\"", "\"\"", "é", "\0", "\t", ";", ",", ",", ",", "\n", "\n", "\r\n", "\r",
        "id", "time", "open", "high", "low", "close",
        "id,price,qty,quote_qty,time,is_buyer_maker\n", "date,open,high,low,close,volume\n",
        "1,61000.5,0.1,1,1723161255342,True,True\n", "1,61000.5,0.1,1,1,1723161255342,True\n", "{\"at\":1}\n",
        "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n", "1723161255342,1,1\n",
        "1723161240000,10,12,9,11,7.5,1723161299999,80.1,42,3.5,40.2,0\n", "1723161255342000000 {\"stream\":1}\n",
        "2017-01-03,1,2,0.5,1,7\n", "20170103 093000;1;1;1;1;1\n", "NaN", "+1", "1_000", "Z", "+02:00", ".", "-", "/",
    ];

    [Test]
    public void Trades_OfAnyText_AreAccountedFor() => Check("binance-trades", Text());

    [Test]
    public void Bars_OfAnyText_AreAccountedFor() => Check("ohlcv", Text());

    [Test]
    public void Trades_OfTextBehindGoodRows_AreAccountedFor() =>
        Check("binance-trades",
            Text().Select(bytes => (byte[])[.. Encoding.UTF8.GetBytes(Samples.Trades(12)), .. bytes]));

    [Test]
    public void Bars_OfTextBehindAHeader_AreAccountedFor() =>
        Check("ohlcv", Text()
            .Select(bytes => (byte[])[.. "date,open,high,low,close,volume\n2017-01-03,1,2,0.5,1,7\n"u8, .. bytes]));

    [TestCase("binance-trades")]
    [TestCase("binance-aggtrades")]
    [TestCase("binance-klines")]
    [TestCase("tardis-trades")]
    [TestCase("tardis-quotes")]
    [TestCase("ohlcv")]
    [TestCase("ndjson")]
    public void Rows_OfAnyBytes_AreAccountedFor(string format) =>
        Check(format, ArbMap.Default.GeneratorFor<byte[]>().Resize(400));

    [Test]
    public void Format_OfAnyText_IsToldOrAskedFor() => Seed.Check(
        Gen.OneOf(Text(), ArbMap.Default.GeneratorFor<byte[]>().Resize(400)), bytes =>
        {
            using var run = new FeedRun();
            var path = run.File("X-trades.csv", bytes);
            try
            {
                var spec = FormatSight.Resolve(FeedSpec.Parse(path));
                Assert.That(FormatSight.Of(FeedFile.Open(path)).WhyNot(spec.Format), Is.Null);
            }
            catch (Exception refused) when (refused is FeedSpecException or FeedFileException)
            {
                Assert.That(refused.Message, Does.StartWith(path).Or.StartWith("--feed ").And.Contain("expected "));
            }
        });

    [Test]
    public async Task Rows_WithNumbersAtTheEdges_AreAcceptedExactlyWhenStagesReadThem()
    {
        string[] numbers =
        [
            "0.0000000000000000000000000001", "0.0000000000009", "0.000000000001", "1000000000000", "1000000000000.1",
            "100000000000000", "100000000000000.1", "1e-12", "1e12", "1E14", "1e28",
            "79228162514264337593543950335", "-0", "0.0",
        ];
        using var run = new FeedRun();
        var trades = numbers.SelectMany(number => new[]
        {
            $"1,{number},1,1,1723161255342,True", $"1,1,{number},1,1723161255342,True",
        });
        var bars = numbers.SelectMany(number => new[]
        {
            $"20170103,{number},{number},{number},{number},1", $"20170103,1,1,1,1,{number}",
        });

        await run.ToEndAsync(
            "binance-trades:" + run.File("X-trades.csv", string.Join('\n', trades)),
            "ohlcv:" + run.File("X.csv", "date,open,high,low,close,volume\n" + string.Join('\n', bars)));

        Assert.That((await run.EventsAsync()).Length, Is.EqualTo(4 + 9 + 4 + 11));
        Assert.That(run.Progress.Refused, Is.EqualTo(4 * numbers.Length - (4 + 9 + 4 + 11)));
    }

    [Test]
    public void Limits_OfRows_AreThoseOfTheStages() => Assert.That(
        (RowNumbers.PriceMin, RowNumbers.PriceMax, RowNumbers.QuantityMax, FeedSpec.NameLengthMax),
        Is.EqualTo((Canonical.PriceMin, Canonical.PriceMax, Canonical.MagnitudeMax, MarketEvent.NameLengthMax)));

    private static Gen<byte[]> Text() =>
        Gen.Elements(Pieces).ArrayOf().Resize(120).Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)));

    private static void Check(string format, Gen<byte[]> files) => Prop
        .ForAll(files.ToArbitrary(), (Action<byte[]>)(bytes => Read(format, bytes)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static void Read(string format, byte[] bytes)
    {
        using var run = new FeedRun();
        var spec = $"{format}:{run.File("X-trades.csv", bytes)},symbol=X";
        try
        {
            run.ToEndAsync(spec).GetAwaiter().GetResult();
        }
        catch (FeedFileException refused)
        {
            Assert.That(refused.Message, Does.Contain("expected "));
        }

        var events = run.EventsAsync().GetAwaiter().GetResult();
        var letters = run.EntriesAsync(StreamNames.DeadLetters).GetAwaiter().GetResult();
        var checkpoint = run.Bus.InspectReaderAsync("feed", CancellationToken.None).GetAwaiter().GetResult()!;
        Assert.That(checkpoint.Count, Is.EqualTo(events.Length + letters.Length));
        Assert.That(run.Progress.Rows, Is.EqualTo(checkpoint.Count));
        foreach (var letter in letters) Assert.That(FeedRun.Text(letter, "raw").Length, Is.LessThan(5500));
    }
}

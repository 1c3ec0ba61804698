using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class FeedIdentityTests
{
    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [Test]
    public async Task Feed_OfAFileFedToItsEndBefore_SkipsItAndSaysSo()
    {
        var spec = "binance-trades:" + _run.File("BTCUSDT-trades-1.csv", Samples.Trades(30) + "bad\n");
        await _run.ToEndAsync(spec);
        var before = await _run.TextAsync();

        await _run.ToEndAsync(spec);

        Assert.That(await _run.TextAsync(), Is.EqualTo(before));
        Assert.That(_run.Logger.Lines.Last(), Does.EndWith(
            "BTCUSDT-trades-1.csv was fed to its end before (31 rows, 30 accepted, 1 refused): skipped"));
        Assert.That((_run.Progress.Accepted, _run.Progress.Refused), Is.EqualTo((30, 1)));
        Assert.That(_run.Progress.BytesRead, Is.EqualTo(_run.Progress.BytesTotal));
    }

    [Test]
    public async Task Feed_OfTheSameBytesUnderAnotherName_SkipsThem()
    {
        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.csv", Samples.Trades(30)));

        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-copy.csv", Samples.Trades(30)));

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(30));
    }

    [Test]
    public async Task Feed_OfTheSameBytesAsAnotherSymbol_FeedsThem()
    {
        var path = _run.File("BTCUSDT-trades-1.csv", Samples.Trades(30));
        await _run.ToEndAsync("binance-trades:" + path);

        await _run.ToEndAsync($"binance-trades:{path},symbol=ETHUSDT");

        Assert.That((await _run.EventsAsync()).CountBy(trade => trade.Symbol).Select(count => count.Value),
            Is.EqualTo(new[] { 30, 30 }));
    }

    [Test]
    public async Task Feed_OfAFileGivenTwice_FeedsItOnce()
    {
        var path = _run.File("BTCUSDT-trades-1.csv", Samples.Trades(30));

        await _run.ToEndAsync("binance-trades:" + path, "binance-trades:" + path);

        Assert.That(_run.Progress.Rows, Is.EqualTo(30));
        Assert.That(_run.Logger.Lines.Last(), Does.EndWith(
            $"BTCUSDT-trades-1.csv is given twice, the second time as {path}: fed once"));
    }

    [Test]
    public async Task Feed_OfAFileThatOnlyGrew_GoesOnBehindItsRows()
    {
        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.csv", Samples.Trades(30)));

        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.csv", Samples.Trades(50)));

        Assert.That(
            (await _run.EventsAsync()).Cast<Trade>().Select(trade => trade.TradeId),
            Is.EqualTo(Enumerable.Range(1, 50).Select(id => $"{id}")));
        Assert.That(_run.Logger.Lines.Last(), Does.EndWith("BTCUSDT-trades-1.csv goes on behind its first 30 rows"));
    }

    [Test]
    public async Task Feed_OfAFileWhoseLastRowWasNotWhole_IsChangedNotGrown()
    {
        var all = Samples.Trades(30);
        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.csv", all[..^3]));

        var failure = _run.Fails<FeedFileException>("binance-trades:" + _run.File("BTCUSDT-trades-1.csv",
            all + Samples.Trades(5)));

        Assert.That(failure.Message, Does.Contain("was fed before with other content"));
    }

    [Test]
    public async Task Feed_OfAChangedFile_IsRefusedWithTheWayOut()
    {
        var old = Samples.Trades(30);
        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.csv", old));
        var before = await _run.TextAsync();
        var changed = Samples.Trades(40, first: 2);
        var path = _run.File("BTCUSDT-trades-1.csv", changed);

        var failure = _run.Fails<FeedFileException>("binance-trades:" + path);

        Assert.That(failure.Message, Is.EqualTo(
            $"{path}: a file of this name was fed before with other content ({old.Length} bytes, 30 rows, SHA-256 " +
            $"{Samples.Sha256(old)[..12]}...), now it has {changed.Length} bytes and does not just go on behind " +
            "them, expected the " +
            "same rows and maybe more. Give it another name or another ,source=N to feed all of it as a source of " +
            "its own."));
        Assert.That(await _run.TextAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Feed_OfAChangedFileUnderAnotherSource_FeedsIt()
    {
        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.csv", Samples.Trades(30)));

        await _run.ToEndAsync(
            $"binance-trades:{_run.File("BTCUSDT-trades-1.csv", Samples.Trades(40, first: 2))},source=second");

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(70));
    }

    [Test]
    public async Task Feed_OfBarsThatGrewANewestFirstFile_IsChanged()
    {
        const string Newest = "date,open,high,low,close\n2017-01-04,1,1,1,1\n2017-01-03,1,1,1,1\n";
        await _run.ToEndAsync("ohlcv:" + _run.File("spy.csv", Newest));

        var failure = _run.Fails<FeedFileException>("ohlcv:" + _run.File("spy.csv", Newest + "2017-01-02,1,1,1,1\n"));

        Assert.That(failure.Message, Does.Contain("was fed before with other content"));
    }

    [Test]
    public async Task Feed_OfGrownBarsThatReadAnotherWay_IsRefused()
    {
        const string Either = "date,open,high,low,close\n1/3/2017,1,1,1,1\n1/4/2017,1,1,1,1\n";
        await _run.ToEndAsync("ohlcv:" + _run.File("spy.csv", Either));
        var path = _run.File("spy.csv", Either + "15/4/2017,1,1,1,1\n");

        var failure = _run.Fails<FeedFileException>("ohlcv:" + path);

        Assert.That(failure.Message, Is.EqualTo(
            $"{path}: its first 2 rows were read as \"mdy\", with the rows added since it reads as \"dmy\". " +
            "Say ,dates=mdy or ,dates=dmy, or give the file another name."));
    }
}

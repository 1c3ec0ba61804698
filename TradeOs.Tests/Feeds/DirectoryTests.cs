using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>A directory of files as one source.</summary>
public sealed class DirectoryTests
{
    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [Test]
    public async Task Feed_OfADirectory_FeedsItsFilesInOrdinalOrderOfTheirNames()
    {
        _run.File("BTCUSDT-trades-10.csv", Samples.Trades(2, first: 10));
        _run.File("BTCUSDT-trades-2.csv.gz", FeedRun.Gzip(Samples.Trades(2, first: 2)));
        _run.File("ETHUSDT-trades-1.ZIP", FeedRun.Zip(("a.csv", Samples.Trades(2, first: 30))));
        _run.File("um-ADAUSDT-trades-1.txt", Samples.Trades(1, first: 50));

        await _run.ToEndAsync("binance-trades:" + _run.Folder);

        Assert.That(
            string.Join(' ', (await _run.EventsAsync()).Cast<Trade>().Select(trade => trade.Symbol + trade.TradeId)),
            Is.EqualTo("BTCUSDT10 BTCUSDT11 BTCUSDT2 BTCUSDT3 ETHUSDT30 ETHUSDT31 ADAUSDT50"));
        Assert.That(_run.Logger.Lines, Is.EqualTo(new[]
        {
            $"{_run.Folder}: 4 files in the order of their names, BTCUSDT-trades-10.csv to um-ADAUSDT-trades-1.txt",
        }));
        Assert.That(_run.Progress.BytesRead, Is.EqualTo(_run.Progress.BytesTotal).And.Positive);
    }

    [Test]
    public async Task Feed_OfADirectory_NamesWhatItPassesOver()
    {
        _run.File("BTCUSDT-trades-1.csv", Samples.Trades(2));
        _run.File("BTCUSDT-trades-1.zip.CHECKSUM", "0123");
        _run.File(".BTCUSDT-trades-2.csv", Samples.Trades(2));
        _run.File("below/BTCUSDT-trades-3.csv", Samples.Trades(2));
        _run.File("all.tar.gz", "x");
        _run.File("notes.md", "x");

        await _run.ToEndAsync("binance-trades:" + _run.Folder);

        Assert.That(_run.Logger.Lines.Last(), Is.EqualTo(
            $"{_run.Folder}: passed over, as hidden or of another ending: .BTCUSDT-trades-2.csv, " +
            "BTCUSDT-trades-1.zip.CHECKSUM, all.tar.gz, below/, notes.md"));
        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(2));
    }

    [Test]
    public void Feed_OfAnEmptyDirectory_IsRefused()
    {
        var failure = _run.Fails<FeedSpecException>("binance-trades:" + _run.Folder);

        Assert.That(failure.Message, Is.EqualTo(
            $"{_run.Folder}: is empty, expected files that end in .csv .txt .json .ndjson .jsonl .gz .zip. Name the " +
            "directory that holds them; those below it are not looked into."));
    }

    [Test]
    public void Feed_OfADirectoryWithNothingToFeed_NamesWhatIsThere()
    {
        for (var day = 10; day < 22; day++) _run.File($"{day}.CHECKSUM", "x");

        var failure = _run.Fails<FeedSpecException>("binance-trades:" + _run.Folder);

        Assert.That(failure.Message, Does.StartWith(
            $"{_run.Folder}: holds only 10.CHECKSUM, 11.CHECKSUM, 12.CHECKSUM, 13.CHECKSUM, 14.CHECKSUM, " +
            "15.CHECKSUM, 16.CHECKSUM, 17.CHECKSUM, 18.CHECKSUM, 19.CHECKSUM and 2 more, expected files that end in"));
    }

    [Test]
    public async Task Feed_OfAFileWhoseNameTellsNoSymbol_IsRefusedBeforeAnythingStarts()
    {
        _run.File("BTCUSDT-trades-1.csv", Samples.Trades(2));
        _run.File("day.csv", Samples.Trades(2));

        var failure = _run.Fails<FeedSpecException>("binance-trades:" + _run.Folder);
        await _run.ToEndAsync($"binance-trades:{_run.Folder},symbol=ETHUSDT");

        Assert.That(failure.Message, Is.EqualTo(
            $"{_run.Folder}: the file name \"day.csv\" tells no symbol, expected SYMBOL-trades-... for " +
            "binance-trades. Add ,symbol=BTCUSDT"));
        Assert.That((await _run.EventsAsync()).Select(trade => trade.Symbol).Distinct(),
            Is.EqualTo(new[] { "ETHUSDT" }));
    }

    [Test]
    public async Task Feed_OfADirectoryWithoutAFormat_TakesTheFormatOfItsFirstFile()
    {
        for (var day = 1; day <= 2; day++) _run.File($"BTCUSDT-trades-{day}.csv", Samples.Trades(10, day * 100));

        await _run.ToEndAsync(_run.Folder);

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(20));
    }

    [Test]
    public async Task Feed_OfADirectoryAgain_SkipsWhatIsFinishedAndGoesOnWhereAFileGrew()
    {
        for (var day = 1; day <= 3; day++) _run.File($"BTCUSDT-trades-{day}.csv", Samples.Trades(10, day * 100));
        await _run.ToEndAsync("binance-trades:" + _run.Folder);
        _run.Logger.Lines.Clear();
        _run.File("BTCUSDT-trades-2.csv", Samples.Trades(15, 200));
        _run.File("BTCUSDT-trades-4.csv", Samples.Trades(10, 400));

        await _run.ToEndAsync("binance-trades:" + _run.Folder);

        Assert.That((await _run.EventsAsync()).Cast<Trade>().Skip(30).Select(trade => trade.TradeId), Is.EqualTo(
            Enumerable.Range(210, 5).Concat(Enumerable.Range(400, 10)).Select(id => $"{id}")));
        Assert.That(_run.Logger.Lines, Is.EqualTo(new[]
        {
            $"{_run.Folder}: 4 files in the order of their names, BTCUSDT-trades-1.csv to BTCUSDT-trades-4.csv",
            $"{_run.Folder}: 1 of its 4 files were fed to their end before: skipped",
            "BTCUSDT-trades-2.csv goes on behind its first 10 rows",
            $"{_run.Folder}: 1 of its 4 files were fed to their end before: skipped",
        }));
        Assert.That(_run.Progress.Rows, Is.EqualTo(45));
    }

    [Test]
    public async Task Feed_OfADirectoryFedBefore_SaysSoInOneLine()
    {
        for (var day = 10; day < 50; day++) _run.File($"BTCUSDT-trades-{day}.csv", Samples.Trades(3, day * 100));
        await _run.ToEndAsync("binance-trades:" + _run.Folder);
        var before = await _run.TextAsync();
        _run.Logger.Lines.Clear();

        await _run.ToEndAsync("binance-trades:" + _run.Folder);

        Assert.That(_run.Logger.Lines[1..], Is.EqualTo(new[]
        {
            $"{_run.Folder}: 40 of its 40 files were fed to their end before: skipped",
        }));
        Assert.That(await _run.TextAsync(), Is.EqualTo(before));
        Assert.That((_run.Progress.Rows, _run.Progress.BytesRead), Is.EqualTo((120, _run.Progress.BytesTotal)));
    }

    [Test]
    public async Task Feed_OfADirectoryWithAChangedFile_FeedsThoseBeforeAndRefusesIt()
    {
        for (var day = 1; day <= 2; day++) _run.File($"BTCUSDT-trades-{day}.csv", Samples.Trades(10, day * 100));
        await _run.ToEndAsync("binance-trades:" + _run.Folder);
        _run.File("BTCUSDT-trades-0.csv", Samples.Trades(5));
        var changed = _run.File("BTCUSDT-trades-1.csv", Samples.Trades(10, 101));

        var failure = _run.Fails<FeedFileException>("binance-trades:" + _run.Folder);

        Assert.That(failure.Message, Does.StartWith(
            $"{changed}: a file of this name was fed before with other content"));
        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(25));
    }

    [Test]
    public async Task Feed_OfADirectoryAndOneOfItsFiles_FeedsItOnce()
    {
        var one = _run.File("BTCUSDT-trades-1.csv", Samples.Trades(10));
        _run.File("BTCUSDT-trades-2.csv", Samples.Trades(10, 100));
        _run.File("BTCUSDT-trades-3.csv", Samples.Trades(10, 100));

        await _run.ToEndAsync("binance-trades:" + _run.Folder, "binance-trades:" + one);

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(20));
        Assert.That(_run.Logger.Lines[1..], Is.EqualTo(new[]
        {
            $"{_run.Folder}: the content of BTCUSDT-trades-1.csv is given more than once: fed once",
            $"{_run.Folder}: the content of BTCUSDT-trades-3.csv is given more than once: fed once",
        }));
    }

    [Test]
    public async Task Feed_OfADirectory_HasOneFileOpenAtATime()
    {
        for (var day = 10; day < 60; day++) _run.File($"BTCUSDT-trades-{day}.csv", Samples.Trades(600, day * 1000));
        var open = new List<int>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        await _run.ToStopAsync(
            bus => new OpenFiles(bus, () => open.Add(OpenBelow(_run.Folder))), patience.Token,
            "binance-trades:" + _run.Folder);

        Assert.That(_run.Progress.Rows, Is.EqualTo(30_000));
        Assert.That(open.Max(), Is.LessThanOrEqualTo(1));
    }

    private static int OpenBelow(string folder) => Directory.GetFiles("/proc/self/fd")
        .Count(link => new FileInfo(link).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true);

    private sealed class OpenFiles(IStreamBus inner, Action look) : WatchedBus(inner)
    {
        protected override ValueTask<CommitResult> CommitAsync(
            IStreamReader reader, Batch batch, CancellationToken cancellationToken)
        {
            look();
            return reader.CommitAsync(batch, cancellationToken);
        }
    }
}

using System.Text;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class FeedFileTests
{
    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [Test]
    public void Feed_OfAPathThatLeadsNowhere_IsRefusedBeforeAnythingStarts()
    {
        var failure = _run.Fails<FeedSpecException>("ohlcv:no/such/spy.csv");

        Assert.That(failure.Message, Is.EqualTo(
            $"no/such/spy.csv: does not exist, expected a file or a directory of files. Correct the path; it " +
            $"starts at {Environment.CurrentDirectory}."));
    }

    [Test]
    public void Text_OfADiskThatFails_SaysHowFarItCame()
    {
        var file = FeedFile.Open(_run.File("day.csv", "rows"));
        using var text = new FeedText(file, new MemoryStream(), new FailingStream(), isAnyBytes: false);

        var read = text.Read(new byte[100]);

        Assert.That(read, Is.Zero);
        Assert.That(text.Break!.Message, Is.EqualTo(
            $"{file.Path}: reading failed after 0 bytes (Input/output error). Look at the disk, then start again."));
    }

    [TestCase("a.csv", "", "is empty (0 bytes), expected rows. Fetch it again.")]
    [TestCase("a.csv.gz", "plain text",
        "begins with 706c6169, expected gzip's 1f8b as its name ends in .gz. Fetch it again, or take .gz off its " +
        "name.")]
    [TestCase("a.zip", "plain text",
        "begins with 706c6169, expected zip's 504b0304 as its name ends in .zip. Fetch it again, or take .zip off " +
        "its name.")]
    [TestCase("a.csv", "\n\n  \n",
        "holds no rows, expected one that names time, open, high, low, close and maybe volume. " +
        "Put such a line on top (Binance klines: open_time,open,high,low,close,volume,...), or name another format.")]
    public void Feed_OfAFileThatIsNone_SaysSo(string name, string text, string message)
    {
        var path = _run.File(name, text);

        var failure = _run.Fails<FeedFileException>($"ohlcv:{path},symbol=A");

        Assert.That(failure.Message, Is.EqualTo($"{path}: {message}"));
    }

    [Test]
    public async Task Feed_OfACutArchive_FeedsTheRowsBeforeTheBreakAndIsNotFinished()
    {
        var whole = FeedRun.Gzip(Samples.Trades(5000));
        var path = _run.File("BTCUSDT-trades-1.csv.gz", whole[..(whole.Length / 2)]);

        var failure = _run.Fails<FeedFileException>("binance-trades:" + path);

        var events = await _run.EventsAsync();
        Assert.That(failure.Message, Does.Match(
            $"^{path}: ends after \\d+ unpacked bytes in the middle of its gzip data, or has other bytes behind it; " +
            $"expected a whole archive. Fetch it again. The {events.Length} rows before that are fed.$"));
        Assert.That(events.Length, Is.InRange(500, 4999));
        Assert.That(events.Cast<Trade>().Select(trade => trade.TradeId), Is.EqualTo(
            Enumerable.Range(1, events.Length).Select(id => $"{id}")), "Half a row must not count.");
        Assert.That(_run.Progress.IsCompleted, Is.False);
    }

    [Test]
    public async Task Feed_OfADamagedArchive_SaysSo()
    {
        var packed = FeedRun.Gzip(Samples.Trades(5000));
        packed[^6] ^= 1;
        var path = _run.File("BTCUSDT-trades-1.csv.gz", packed);

        var failure = _run.Fails<FeedFileException>("binance-trades:" + path);

        Assert.That(failure.Message, Does.Contain("its gzip data is damaged after "));
        Assert.That((await _run.EventsAsync()).Length, Is.InRange(1, 5000));
    }

    [Test]
    public async Task Feed_OfAnArchiveOfSeveralMembers_ReadsThemAll()
    {
        var rows = Samples.Trades(3000).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var first = FeedRun.Gzip(string.Join('\n', rows[..1000]) + "\n");
        var second = FeedRun.Gzip(string.Join('\n', rows[1000..]) + "\n");
        var path = _run.File("BTCUSDT-trades-1.csv.gz", [.. first, .. second]);

        await _run.ToEndAsync("binance-trades:" + path);

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(3000));
    }

    [Test]
    public async Task Feed_OfAPackedFileWithoutGzInItsName_ReadsItInPlace()
    {
        await _run.ToEndAsync("binance-trades:" + _run.File("BTCUSDT-trades-1.csv", FeedRun.Gzip(Samples.Trades(3))));

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(3));
    }

    [Test]
    public async Task Feed_OfTextThatIsNotUtf8_FeedsTheRowsBefore()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Samples.Trades(700)), .. "701,1,"u8, 0xE4, .. ",1,1\n702"u8];
        var path = _run.File("BTCUSDT-trades-1.csv", bytes);

        var failure = _run.Fails<FeedFileException>("binance-trades:" + path);

        Assert.That(failure.Message, Is.EqualTo(
            $"{path}: byte {bytes.Length - 9} is e42c, expected UTF-8 text. Convert it: iconv -f ENCODING -t UTF-8, " +
            "or fetch it " +
            "again. The 700 rows before that are fed."));
        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(700));
    }

    [Test]
    public async Task Feed_OfALineThatNeverEnds_IsAnErrorOfTheFile()
    {
        var path = _run.File("BTCUSDT-trades-1.csv", Samples.Trades(20) + new string('7', 300_000));

        var failure = _run.Fails<FeedFileException>("binance-trades:" + path);

        Assert.That(failure.Message, Is.EqualTo(
            $"{path} line 21: is longer than 8192 bytes, expected rows of text. Name another file or " +
            "format. " +
            "The 20 rows before that are fed."));
        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(20));
    }

    [Test]
    public async Task Feed_OfARefusedRow_KeepsItInADeadLetter()
    {
        var path = _run.File("BTCUSDT-trades-1.csv",
            Samples.Trades(2) + "3,-1,1,1,1723161255342,True,True\n" + "4,\u0001\n");

        await _run.ToEndAsync("binance-trades:" + path);

        Assert.That(
            (await _run.EntriesAsync(StreamNames.DeadLetters)).Select(entry => entry.Fields.ToString()),
            Is.EqualTo(new[]
            {
                "stage=feed stream=BTCUSDT-trades-1.csv id=3 error=BTCUSDT-trades-1.csv line 3: column 'price' is " +
                "\"-1\", expected a price from 0.000000000001 to 1000000000000 length=32 sha256=" +
                Samples.Sha256("3,-1,1,1,1723161255342,True,True") +
                " raw=3,-1,1,1,1723161255342,True,True",
                "stage=feed stream=BTCUSDT-trades-1.csv id=4 error=BTCUSDT-trades-1.csv line 4: 2 columns, expected " +
                "5, 6 or 7 length=3 " +
                "sha256=" + Samples.Sha256("4,\u0001") + " raw=base64:NCwB",
            }));
    }

    [Test]
    public async Task Feed_OfALongRefusedRow_KeepsABeginningThatIsStillText()
    {
        var row = "1," + new string('x', 5000);
        var path = _run.File("BTCUSDT-trades-1.csv", Samples.Trades(1) + row + "\n");

        await _run.ToEndAsync("binance-trades:" + path);

        Assert.That((await _run.LettersAsync("raw"))[0], Is.EqualTo(row[..4096]));
        Assert.That((await _run.LettersAsync("length"))[0], Is.EqualTo("5002"));
    }

    [Test]
    public async Task Feed_OfASecondHeaderInside_RefusesThatRowOnly()
    {
        const string Header = "id,price,qty,quote_qty,time,is_buyer_maker\n";
        var path = _run.File("BTCUSDT-trades-1.csv", Header + Samples.Trades(2) + Header + Samples.Trades(2));

        await _run.ToEndAsync("binance-trades:" + path);

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(4));
        Assert.That(
            string.Join('\n', await _run.LettersAsync("error")),
            Is.EqualTo("BTCUSDT-trades-1.csv line 4: column 'id' is \"id\", expected digits"));
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("Input/output error");
    }
}

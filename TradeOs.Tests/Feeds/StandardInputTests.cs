using System.IO.Pipes;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>Rows piped in, over a real pipe.</summary>
public sealed class StandardInputTests
{
    private const string Spec = "binance-trades:-,symbol=BTCUSDT";

    private FeedRun _run = null!;
    private AnonymousPipeServerStream _writer = null!;

    [SetUp]
    public void Open()
    {
        _run = new FeedRun();
        Renew();
    }

    [TearDown]
    public void Close()
    {
        _writer.Dispose();
        _run.Input.Dispose();
        _run.Dispose();
    }

    [Test]
    public async Task Feed_OfAPipe_SendsEveryWholeRowWhileItStaysOpen()
    {
        var feed = _run.ToEndAsync(Spec);

        for (var id = 1; id <= 30; id++)
        {
            Write(Samples.Trades(1, id));
            await UntilAsync(id);
        }

        Assert.That(feed.IsCompleted, Is.False);
        _writer.Dispose();
        await feed;
        Assert.That((await _run.EventsAsync()).Cast<Trade>().Select(trade => trade.TradeId), Is.EqualTo(
            Enumerable.Range(1, 30).Select(id => $"{id}")));
    }

    [Test]
    public async Task Feed_OfAPipeThatStopsInTheMiddleOfARow_SendsThoseBefore()
    {
        var rows = Samples.Trades(3);
        var feed = _run.ToEndAsync(Spec);

        Write(rows[..^10]);
        await UntilAsync(2);
        Write(rows[^10..] + "bad");
        await UntilAsync(3);
        _writer.Dispose();
        await feed;

        Assert.That(await _run.LettersAsync("error"), Is.EqualTo(new[]
        {
            "stdin line 4: 1 columns, expected 5, 6 or 7",
        }));
        Assert.That(_run.Progress.IsCompleted, Is.True);
    }

    [Test]
    public async Task Feed_OfManyRowsThroughAPipe_CountsEachAndItsLine()
    {
        var text = "id,price,qty,quote_qty,time,is_buyer_maker\n" + Samples.Trades(20_000) + "bad\n";
        var feed = _run.ToEndAsync(Spec);
        var writing = Task.Run(() =>
        {
            Write(text);
            _writer.Dispose();
        });

        await feed;
        await writing;

        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(20_000));
        Assert.That(await _run.LettersAsync("id"), Is.EqualTo(new[] { "20002" }));
    }

    [Test]
    public async Task Feed_OfAPipeOfAnotherFormat_FeedsNothingOfIt()
    {
        var feed = _run.ToEndAsync(Spec);

        for (var row = 0; row < 10; row++) Write($"{row},no,trade\n");
        var failure = Assert.ThrowsAsync<FeedFileException>(() => feed)!;

        Assert.That(failure.Message, Does.StartWith(
            "stdin: none of the first 10 rows can be taken as binance-trades"));
        Assert.That(await _run.TextAsync(), Is.Empty);
    }

    [TestCase(1, false)]
    [TestCase(1, true)]
    [TestCase(7, false)]
    [TestCase(7, true)]
    public async Task Feed_OfAPipeWhenACommitIsInDoubt_LosesNothingAndRepeatsNothing(int commits, bool isBefore)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        _run.BatchCountMax = 10;
        var feed = _run.ToStopAsync(
            bus => new InterruptedBus(bus, commits, () => throw new BusUnavailableException("away"), isBefore),
            patience.Token, Spec);

        for (var id = 1; id <= 100; id += 25) Write(Samples.Trades(25, id));
        await UntilAsync(100);
        _writer.Dispose();
        await feed;

        Assert.That(_run.Progress.IsCompleted, Is.True);
        Assert.That((await _run.EventsAsync()).Cast<Trade>().Select(trade => trade.TradeId), Is.EqualTo(
            Enumerable.Range(1, 100).Select(id => $"{id}")));
    }

    [Test]
    public async Task Feed_OfAPipeInAnotherRun_IsANewSourceInThePlaceOfTheOldOne()
    {
        for (var run = 0; run < 3; run++)
        {
            var feed = _run.ToEndAsync(Spec);
            Write(Samples.Trades(5, 1 + (run * 5)) + (run == 0 ? "bad\n" : ""));
            _writer.Dispose();
            await feed;
            Renew();
        }

        await using var reader = await _run.Bus.OpenAsync(Topology.Feed, CancellationToken.None);
        Assert.That((await _run.EventsAsync()).Length, Is.EqualTo(15));
        Assert.That(reader.State.Keys, Is.EqualTo(new[] { "source:1" }), "It must not grow with every run.");
        Assert.That(_run.Logger.Lines[0], Is.EqualTo(
            "Standard input is a new source. The run before took 6 rows of its own (5 accepted, 1 refused), they " +
            "stay fed: of the same stream pipe only what comes behind them"));
    }

    [Test]
    public async Task Feed_OfJsonLinesThroughAPipe_SendsEachAsItComes()
    {
        var feed = _run.ToEndAsync("ndjson:-,source=mine");

        for (var id = 1; id <= 3; id++)
        {
            Write(Json(id) + "\n");
            await UntilAsync(id);
        }

        _writer.Dispose();
        await feed;
        Assert.That(await _run.LettersAsync("error"), Is.Empty);
    }

    [TestCase("ndjson:-")]
    [TestCase(Spec)]
    public async Task Feed_OfAPipeWithALineNobodyCanRead_BuriesThatLineAndGoesOn(string spec)
    {
        var isJson = spec != Spec;
        byte[] long1 = [.. Enumerable.Repeat((byte)'x', 5_000_000)];
        byte[] broken = [(byte)'7', 0xc3, 0x28];
        var feed = _run.ToEndAsync(spec);

        Write(broken, Row(1));
        await UntilAsync(1);
        Write(long1, Row(2));
        await UntilAsync(2);
        Write([.. broken, (byte)'\r'], Row(3), broken);
        await UntilAsync(3);
        _writer.Dispose();
        await feed;

        Assert.That(await _run.LettersAsync("error"), Is.EqualTo(new[]
        {
            "stdin line 1: its byte 2 is c328, expected UTF-8 text",
            "stdin line 3: it is 5000000 bytes long, expected at most 8192",
            "stdin line 5: its byte 2 is c328, expected UTF-8 text",
            "stdin line 7: its byte 2 is c328, expected UTF-8 text",
        }));
        Assert.That(await _run.LettersAsync("length"), Is.EqualTo(new[] { "3", "5000000", "3", "3" }));
        Assert.That((await _run.LettersAsync("sha256"))[1], Is.EqualTo(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(long1))));
        Assert.That((await _run.LettersAsync("raw"))[1], Has.Length.EqualTo(RawBytes.KeptBytesMax));
        Assert.That((await _run.LettersAsync("raw"))[0], Is.EqualTo("base64:N8Mo"));
        Assert.That((_run.Progress.Accepted, _run.Progress.Refused), Is.EqualTo((3, 4)));

        byte[] Row(int id) => isJson ? Encoding.UTF8.GetBytes(Json(id)) : Encoding.UTF8.GetBytes(
            Samples.Trades(1, id).TrimEnd('\n'));
    }

    [Test]
    public async Task Feed_OfAPipeWithLinesAroundTheLongestThereMayBe_TakesEachThatFits(
        [Values("\n", "\r\n")] string end)
    {
        var feed = _run.ToEndAsync("ndjson:-");

        for (var length = RowLines.LineBytesMax - 3; length <= RowLines.LineBytesMax + 3; length++)
        {
            var row = Json(length);
            _writer.Write(Encoding.UTF8.GetBytes(row + new string(' ', length - row.Length - 1) + "\t" + end));
        }

        _writer.Dispose();
        await feed;
        Assert.That(await _run.LettersAsync("length"), Is.EqualTo(new[] { "8193", "8194", "8195" }));
        Assert.That(_run.Progress.Accepted, Is.EqualTo(4));
    }

    [Test]
    public async Task Feed_OfAPipeAndAFile_MergesThem()
    {
        var file = _run.File("ETHUSDT-trades-1.csv", Samples.Trades(4));
        var feed = _run.ToEndAsync("binance-trades:" + file, Spec);

        Write(Samples.Trades(2, 2));
        await UntilAsync(5);
        _writer.Dispose();
        await feed;

        Assert.That(
            string.Join(
                ' ', (await _run.EventsAsync()).Cast<Trade>().Select(trade => trade.Symbol[..1] + trade.TradeId)),
            Is.EqualTo("E1 E2 B2 E3 B3 E4"));
    }

    [Test]
    public async Task Feed_StoppedWhileAPipeIsSilent_EndsAndSaysWhatItWaitedFor()
    {
        using var stop = new CancellationTokenSource();
        var feed = _run.ToStopAsync(bus => bus, stop.Token, Spec);
        Write(Samples.Trades(1));
        await Poll.UntilAsync(() => Task.FromResult(_run.Progress.Rows == 1 && _run.Progress.Pause is not null));
        var pause = _run.Progress.Pause?.Text;

        await stop.CancelAsync();
        await feed.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(pause, Is.EqualTo("rows on standard input"));
        Assert.That(_run.Progress.IsCompleted, Is.False);
    }

    [Test]
    public void Feed_OfStandardInputTwice_IsRefused()
    {
        var failure = _run.Fails<FeedSpecException>(Spec, Spec);

        Assert.That(failure.Message, Is.EqualTo(
            "Standard input is the source of two feeds, expected one at most: it can be read once. Take one --feed " +
            "with the path - out."));
    }

    private void Renew()
    {
        _writer = new AnonymousPipeServerStream(PipeDirection.Out);
        _run.Input = new AnonymousPipeClientStream(PipeDirection.In, _writer.ClientSafePipeHandle);
    }

    private static string Json(int id) =>
        "{\"at\":\"2024-08-08T00:00:01Z\",\"source\":\"mine\",\"symbol\":\"BTCUSDT\",\"kind\":\"trade\"," +
        $"\"price\":\"1\",\"qty\":\"1\",\"side\":\"buy\",\"trade_id\":\"{id}\"}}";

    private void Write(params byte[][] lines)
    {
        foreach (var line in lines) _writer.Write([.. line, (byte)'\n']);
        _writer.Flush();
    }

    private void Write(string text)
    {
        _writer.Write(Encoding.UTF8.GetBytes(text));
        _writer.Flush();
    }

    private Task UntilAsync(int rows) =>
        Poll.UntilAsync(async () => (await _run.EntriesAsync(StreamNames.MarketData)).Length == rows);
}

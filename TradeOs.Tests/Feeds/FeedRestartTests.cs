using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class FeedRestartTests
{
    private FeedRun _whole = null!;
    private FeedRun _run = null!;
    private string[] _specs = null!;

    [SetUp]
    public async Task FeedWithoutAnyRestart()
    {
        _whole = new FeedRun();
        _run = new FeedRun();
        var bars = "time,open,high,low,close,volume\n" + string.Concat(
            Enumerable.Range(0, 300)
                .Select(minute => $"{1723161256 + (minute * 60)},10,{(minute % 9 == 0 ? 9 : 11)},9,10.5,{minute}\n"));
        _specs =
        [
            "binance-trades:" + _run.File("BTCUSDT-trades-1.csv.gz",
                FeedRun.Gzip(Samples.Trades(1400) + "x\n" + Samples.Trades(5))),
            "ohlcv:" + _run.File("spy-bars.csv", bars),
            "ohlcv:" + _run.File("reversed-bars.csv", Reversed(bars)),
            "simulated:seed=5,symbols=4,rate=max,count=400",
        ];
        await _whole.ToEndAsync(_specs);
    }

    [TearDown]
    public void Close()
    {
        _whole.Dispose();
        _run.Dispose();
    }

    [TestCase(1, 1)]
    [TestCase(1, 1000)]
    [TestCase(7, 3)]
    [TestCase(64, 5)]
    [TestCase(256, 1)]
    [TestCase(256, 8)]
    [TestCase(1000, 2)]
    public async Task Feed_StoppedAfterAnyCommit_GoesOnWithTheVeryNextRow(int batchCountMax, int commits)
    {
        using var stop = new CancellationTokenSource();
        _run.BatchCountMax = batchCountMax;

        await _run.ToStopAsync(bus => new InterruptedBus(bus, commits, stop.Cancel), stop.Token, _specs);
        var rowsAtStop = _run.Progress.Rows;
        await _run.ToEndAsync(_specs);

        Assert.That(rowsAtStop, Is.LessThan(_whole.Progress.Rows));
        Assert.That(await _run.TextAsync(), Is.EqualTo(await _whole.TextAsync()));
        Assert.That(_run.Progress.Rows, Is.EqualTo(_whole.Progress.Rows));
    }

    [TestCase(1)]
    [TestCase(4)]
    public async Task Feed_WhenTheAnswerToACommitIsLost_ReopensBehindIt(int commits)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        _run.BatchCountMax = 50;

        await _run.ToStopAsync(
            bus => new InterruptedBus(bus, commits,
                () => throw new BusUnavailableException("away")), patience.Token, _specs);

        Assert.That(_run.Progress.IsCompleted, Is.True);
        Assert.That(await _run.TextAsync(), Is.EqualTo(await _whole.TextAsync()));
    }

    [Test]
    public async Task Feed_AtItsEnd_HasCountedEveryRow()
    {
        var checkpoint = await _whole.Bus.InspectReaderAsync("feed", CancellationToken.None);

        Assert.That(checkpoint!.Count, Is.EqualTo(1406 + 300 + 300 + 400));
        Assert.That(checkpoint.Written, Is.EqualTo(checkpoint.Count));
        Assert.That((await _whole.EventsAsync()).Length, Is.EqualTo(_whole.Progress.Accepted));
        Assert.That((await _whole.LettersAsync("id")).Length,
            Is.EqualTo(_whole.Progress.Refused).And.EqualTo(1 + 34 + 34));
    }

    private static string Reversed(string bars)
    {
        var lines = bars.TrimEnd().Split('\n');
        return lines[0] + "\n" + string.Join('\n', lines[1..].Reverse()) + "\n";
    }
}

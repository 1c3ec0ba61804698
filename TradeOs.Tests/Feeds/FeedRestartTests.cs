using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class FeedRestartTests : RestartedFeed
{
    protected override string[] Sources()
    {
        var bars = "time,open,high,low,close,volume\n" + string.Concat(
            Enumerable.Range(0, 300)
                .Select(minute => $"{1723161256 + (minute * 60)},10,{(minute % 9 == 0 ? 9 : 11)},9,10.5,{minute}\n"));
        return
        [
            "binance-trades:" + Run.File("BTCUSDT-trades-1.csv.gz",
                FeedRun.Gzip(Samples.Trades(1400) + "x\n" + Samples.Trades(5))),
            "ohlcv:" + Run.File("spy-bars.csv", bars),
            "ohlcv:" + Run.File("reversed-bars.csv", Reversed(bars)),
            "simulated:seed=5,symbols=4,rate=max,count=400",
        ];
    }

    [TestCase(1, 1)]
    [TestCase(1, 1000)]
    [TestCase(7, 3)]
    [TestCase(64, 5)]
    [TestCase(256, 1)]
    [TestCase(256, 8)]
    [TestCase(1000, 2)]
    public Task Feed_StoppedAfterAnyCommit_GoesOnWithTheVeryNextRow(int batchCountMax, int commits) =>
        StopAndGoOnAsync(batchCountMax, commits);

    [TestCase(1)]
    [TestCase(4)]
    public Task Feed_WhenTheAnswerToACommitIsLost_ReopensBehindIt(int commits) =>
        DoubtACommitAsync(commits, isBefore: false);

    [Test]
    public async Task Feed_AtItsEnd_HasCountedEveryRow()
    {
        var checkpoint = await Whole.Bus.InspectReaderAsync("feed", CancellationToken.None);

        Assert.That(checkpoint!.Count, Is.EqualTo(1406 + 300 + 300 + 400));
        Assert.That(checkpoint.Written, Is.EqualTo(checkpoint.Count));
        Assert.That((await Whole.EventsAsync()).Length, Is.EqualTo(Whole.Progress.Accepted));
        Assert.That((await Whole.LettersAsync("id")).Length,
            Is.EqualTo(Whole.Progress.Refused).And.EqualTo(1 + 34 + 34));
    }

    private static string Reversed(string bars)
    {
        var lines = bars.TrimEnd().Split('\n');
        return lines[0] + "\n" + string.Join('\n', lines[1..].Reverse()) + "\n";
    }
}

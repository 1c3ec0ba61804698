using NUnit.Framework;

namespace TradeOs.Tests.Feeds;

/// <summary>
/// Two directories, a file and the simulator, merged, stopped anywhere: the same rows in the same order.
/// </summary>
public sealed class DirectoryRestartTests : RestartedFeed
{
    protected override string[] Sources()
    {
        Run.File("days/BTCUSDT-trades-1.csv", "0,bad\n" + Samples.Trades(700) + "bad\n");
        Run.File("days/BTCUSDT-trades-2.csv.gz", FeedRun.Gzip(Samples.Trades(600, 701)));
        Run.File("days/BTCUSDT-trades-3.zip", FeedRun.Zip(("a.csv", "0,bad\n" + Samples.Trades(512, 1301))));
        Run.File("days/BTCUSDT-trades-4.csv", Samples.Trades(1, 1900));

        // The same times: every row is a tie with one of the other directory.
        Run.File("more/ETHUSDT-trades-1.csv", Samples.Trades(1100) + "bad\n");
        Run.File("more/ETHUSDT-trades-2.csv", "0,bad\n" + Samples.Trades(700, 1101));
        return
        [
            "binance-trades:" + Path.Combine(Run.Folder, "days"),
            "binance-trades:" + Path.Combine(Run.Folder, "more"),
            "binance-trades:" + Run.File("ADAUSDT-trades-1.csv", Samples.Trades(900, 300)),
            "simulated:seed=5,symbols=4,rate=max,count=400",
        ];
    }

    [TestCase(1, 1)]
    [TestCase(1, 1200)]
    [TestCase(7, 300)]
    [TestCase(64, 20)]
    [TestCase(256, 9)]
    [TestCase(1000, 3)]
    public Task Feed_StoppedAfterAnyCommit_GoesOnWithTheVeryNextRow(int batchCountMax, int commits) =>
        StopAndGoOnAsync(batchCountMax, commits);

    [Test]
    public async Task Feed_StoppedAgainAndAgain_FeedsEveryRowOnce()
    {
        var random = new Random(Seed.Next());
        Run.BatchCountMax = 40;
        do
        {
            using var stop = new CancellationTokenSource();
            await Run.ToStopAsync(
                bus => new InterruptedBus(bus, random.Next(1, 8), stop.Cancel), stop.Token, Specs);
        }
        while (!Run.Progress.IsCompleted);

        Assert.That(await Run.TextAsync(), Is.EqualTo(await Whole.TextAsync()));
    }

    [TestCase(2, false)]
    [TestCase(25, false)]
    [TestCase(25, true)]
    public Task Feed_WhenACommitIsInDoubt_ReopensWhereItStands(int commits, bool isBefore) =>
        DoubtACommitAsync(commits, isBefore);

    [Test]
    public async Task Feed_OfTheSameFilesOneByOne_KeepsTheOrderOfEachDirectory()
    {
        using var single = new FeedRun();
        await single.ToEndAsync(Specs[0]);
        using var files = new FeedRun();
        foreach (var file in Directory.GetFiles(Path.Combine(Run.Folder, "days")).Order(StringComparer.Ordinal))
            await files.ToEndAsync("binance-trades:" + file);

        Assert.That(await files.TextAsync(), Is.EqualTo(await single.TextAsync()));
    }
}

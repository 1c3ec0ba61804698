using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Feeds;

/// <summary>
/// Two directories, a file and the simulator, merged, stopped anywhere: the same rows in the same order.
/// </summary>
public sealed class DirectoryRestartTests
{
    private FeedRun _whole = null!;
    private FeedRun _run = null!;
    private string[] _specs = null!;

    [SetUp]
    public async Task FeedWithoutAnyRestart()
    {
        _whole = new FeedRun();
        _run = new FeedRun();
        _run.File("days/BTCUSDT-trades-1.csv", "0,bad\n" + Samples.Trades(700) + "bad\n");
        _run.File("days/BTCUSDT-trades-2.csv.gz", FeedRun.Gzip(Samples.Trades(600, 701)));
        _run.File("days/BTCUSDT-trades-3.zip", FeedRun.Zip(("a.csv", "0,bad\n" + Samples.Trades(512, 1301))));
        _run.File("days/BTCUSDT-trades-4.csv", Samples.Trades(1, 1900));

        // The same times: every row is a tie with one of the other directory.
        _run.File("more/ETHUSDT-trades-1.csv", Samples.Trades(1100) + "bad\n");
        _run.File("more/ETHUSDT-trades-2.csv", "0,bad\n" + Samples.Trades(700, 1101));
        _specs =
        [
            "binance-trades:" + Path.Combine(_run.Folder, "days"),
            "binance-trades:" + Path.Combine(_run.Folder, "more"),
            "binance-trades:" + _run.File("ADAUSDT-trades-1.csv", Samples.Trades(900, 300)),
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
    [TestCase(1, 1200)]
    [TestCase(7, 300)]
    [TestCase(64, 20)]
    [TestCase(256, 9)]
    [TestCase(1000, 3)]
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

    [Test]
    public async Task Feed_StoppedAgainAndAgain_FeedsEveryRowOnce()
    {
        var random = new Random(Seed.Next());
        _run.BatchCountMax = 40;
        do
        {
            using var stop = new CancellationTokenSource();
            await _run.ToStopAsync(
                bus => new InterruptedBus(bus, random.Next(1, 8), stop.Cancel), stop.Token, _specs);
        }
        while (!_run.Progress.IsCompleted);

        Assert.That(await _run.TextAsync(), Is.EqualTo(await _whole.TextAsync()));
    }

    [TestCase(2, false)]
    [TestCase(25, false)]
    [TestCase(25, true)]
    public async Task Feed_WhenACommitIsInDoubt_ReopensWhereItStands(int commits, bool isBefore)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        _run.BatchCountMax = 50;

        await _run.ToStopAsync(
            bus => new InterruptedBus(bus, commits, () => throw new BusUnavailableException("away"), isBefore),
            patience.Token, _specs);

        Assert.That(_run.Progress.IsCompleted, Is.True);
        Assert.That(await _run.TextAsync(), Is.EqualTo(await _whole.TextAsync()));
    }

    [Test]
    public async Task Feed_OfTheSameFilesOneByOne_KeepsTheOrderOfEachDirectory()
    {
        using var single = new FeedRun();
        await single.ToEndAsync(_specs[0]);
        using var files = new FeedRun();
        foreach (var file in Directory.GetFiles(Path.Combine(_run.Folder, "days")).Order(StringComparer.Ordinal))
            await files.ToEndAsync("binance-trades:" + file);

        Assert.That(await files.TextAsync(), Is.EqualTo(await single.TextAsync()));
    }
}

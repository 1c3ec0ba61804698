using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Feeds;

/// <summary>The same sources fed in one go, and stopped on the way: the streams must be the same.</summary>
public abstract class RestartedFeed
{
    /// <summary>Fed in one go.</summary>
    internal FeedRun Whole { get; private set; } = null!;

    /// <summary>Fed by the test.</summary>
    internal FeedRun Run { get; private set; } = null!;

    /// <summary>The sources.</summary>
    protected string[] Specs { get; private set; } = null!;

    [SetUp]
    public async Task FeedWithoutAnyRestart()
    {
        Whole = new FeedRun();
        Run = new FeedRun();
        Specs = Sources();
        await Whole.ToEndAsync(Specs);
    }

    [TearDown]
    public void Close()
    {
        Whole.Dispose();
        Run.Dispose();
    }

    /// <summary>Writes the files of <see cref="Run"/> and says how all of it is fed.</summary>
    protected abstract string[] Sources();

    /// <summary>Stops after so many commits and goes on.</summary>
    protected async Task StopAndGoOnAsync(int batchCountMax, int commits)
    {
        using var stop = new CancellationTokenSource();
        Run.BatchCountMax = batchCountMax;

        await Run.ToStopAsync(bus => new InterruptedBus(bus, commits, stop.Cancel), stop.Token, Specs);
        var rowsAtStop = Run.Progress.Rows;
        await Run.ToEndAsync(Specs);

        Assert.That(rowsAtStop, Is.LessThan(Whole.Progress.Rows));
        Assert.That(await Run.TextAsync(), Is.EqualTo(await Whole.TextAsync()));
        Assert.That(Run.Progress.Rows, Is.EqualTo(Whole.Progress.Rows));
    }

    /// <summary>Loses the bus right behind a commit, or right before it lands.</summary>
    protected async Task DoubtACommitAsync(int commits, bool isBefore)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Run.BatchCountMax = 50;

        await Run.ToStopAsync(
            bus => new InterruptedBus(bus, commits, () => throw new BusUnavailableException("away"), isBefore),
            patience.Token, Specs);

        Assert.That(Run.Progress.IsCompleted, Is.True);
        Assert.That(await Run.TextAsync(), Is.EqualTo(await Whole.TextAsync()));
    }
}

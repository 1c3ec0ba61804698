using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.Feeds;

/// <summary>What people are told of a feed that goes on where a run before ended.</summary>
[TestFixture]
public sealed class FeedProgressTests
{
    [Test]
    public void RowsOfRun_AfterARestart_LeavesOutThoseOfTheRunBefore()
    {
        var progress = new FeedProgress();
        Assert.That(progress.RowsOfRun, Is.Zero);

        progress.At(16_000, 21, 0, null);
        Assert.That(progress.RowsOfRun, Is.Zero, "opened");

        progress.At(17_000, 24, 0, "simulated");
        progress.At(17_500, 24, 0, null);
        Assert.That(progress.RowsOfRun, Is.EqualTo(1_503), "opened again after Redis was away: the same run");
        Assert.That(progress.Rows, Is.EqualTo(17_524));
    }
}

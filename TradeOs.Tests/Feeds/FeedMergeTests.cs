using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class FeedMergeTests
{
    private const string Header = "time,open,high,low,close\n";

    [Test]
    public async Task Feed_OfSeveralSources_TakesTheEarliestHeadAndKeepsEachOrder()
    {
        using var run = new FeedRun { BatchCountMax = 2 };
        var a = run.File("a.csv", Header + Row(10) + Row(30) + Row(20) + Row(50));
        var b = run.File("b.csv", Header + Row(10) + Row(25) + Row(60));

        await run.ToEndAsync($"ohlcv:{b}", $"ohlcv:{a}");

        Assert.That(
            string.Join(' ', (await run.EventsAsync()).Select(bar => bar.Symbol + bar.At.Second)),
            Is.EqualTo("B10 A10 B25 A30 A20 A50 B0"), "The first named wins a tie; 60 s is the next minute's 0.");
    }

    [Test]
    public async Task Feed_OfARefusedRow_KeepsItBehindTheRowBefore()
    {
        using var run = new FeedRun { BatchCountMax = 1 };
        var a = run.File("a.csv", Header + Row(10) + "bad\n" + Row(40));
        var b = run.File("b.csv", Header + Row(20) + Row(30));

        await run.ToEndAsync($"ohlcv:{a}", $"ohlcv:{b}");

        Assert.That((await run.EventsAsync()).Select(bar => bar.At.Second), Is.EqualTo(new[] { 10, 20, 30, 40 }));
        Assert.That(await run.LettersAsync("stream"), Is.EqualTo(new[] { "a.csv" }));
    }

    [Test]
    public async Task Feed_WhenOneOfSeveralBreaksOff_HasCommittedWhatCameBefore()
    {
        using var run = new FeedRun();
        var a = run.File("a.csv", [.. System.Text.Encoding.UTF8.GetBytes(Header + Row(10) + Row(30)), 0xFF]);
        var b = run.File("b.csv", Header + Row(20) + Row(40));

        var failure = run.Fails<TradeOs.Host.FeedFileException>($"ohlcv:{b}", $"ohlcv:{a}");

        Assert.That(failure.Message, Does.EndWith("The 2 rows before that are fed."));
        Assert.That((await run.EventsAsync()).Select(bar => bar.At.Second), Is.EqualTo(new[] { 10, 20, 30 }));
    }

    [Test]
    public async Task Feed_OfNothing_EndsAtOnce()
    {
        using var run = new FeedRun();

        await run.ToEndAsync();

        Assert.That(run.Progress.Rows, Is.Zero);
    }

    private static string Row(int second) => $"{1723161240 + second},1,1,1,1\n";
}

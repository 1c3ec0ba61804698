using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.Feeds;

/// <summary>Recorded files at their own rhythm, on a clock that jumps to what is waited for.</summary>
public sealed class PaceTests
{
    private const int Noon = 1723118400;

    private FeedRun _run = null!;
    private JumpingTime _time = null!;
    private CommitLog? _log;

    [SetUp]
    public void Open()
    {
        _time = new JumpingTime();
        _run = new FeedRun { Time = _time };
    }

    [TearDown]
    public void Close() => _run.Dispose();

    [TestCase("max", "0:6")]
    [TestCase("1x", "0:1 1:2 5:1 3605:2")]
    [TestCase("10x", "0:1 0.1:2 0.5:1 360.5:2")]
    [TestCase("0.5x", "0:1 2:2 10:1 7210:2")]
    [TestCase("10000x", "0:1 0.001:3 0.361:2")]
    public async Task Feed_AtAPace_SendsEachRowWhenItIsDueAndThoseOfOneTimeTogether(string pace, string commits)
    {
        var spec = $"ohlcv:{_run.File("a.csv", Bars(0, 1, 1, 5, 3605, 3605))},pace={pace}";

        Assert.That(await CommitsAsync(spec), Is.EqualTo(commits));
    }

    [Test]
    public async Task Feed_AtAPace_WaitsOnceForEachTimeAndDoesNotPoll()
    {
        await CommitsAsync($"ohlcv:{_run.File("a.csv", Bars(0, 1, 1, 5, 65))},pace=1x");

        Assert.That(_time.Waits, Is.EqualTo(3));
    }

    [Test]
    public async Task Feed_OfRowsThatStepBack_SendsThemAtOnceAndTheNextInRhythm()
    {
        var spec = $"ohlcv:{_run.File("a.csv", Bars(10, 20, 12, 5, 30))},pace=1x";

        Assert.That(await CommitsAsync(spec), Is.EqualTo("0:1 10:3 20:1"));
    }

    [Test]
    public async Task Feed_OfARefusedFirstRow_DoesNotStartTheClockWithIt()
    {
        var spec = $"ohlcv:{_run.File("a.csv", Header + "bad\n" + Bars(10, 12)[Header.Length..] + "bad\n")},pace=1x";

        Assert.That(await CommitsAsync(spec), Is.EqualTo("0:2 2:2"));
    }

    [Test]
    public async Task Feed_OfSeveralPacedSources_HasOneClockForAll()
    {
        var a = _run.File("a.csv", Bars(0, 10));
        var b = _run.File("b.csv", Bars(4, 10, 15));

        Assert.That(await CommitsAsync($"ohlcv:{a},pace=1x", $"ohlcv:{b},pace=1x"), Is.EqualTo("0:1 4:1 10:2 15:1"));
    }

    [Test]
    public async Task Feed_OfASourceWithoutPaceBesides_HoldsItOnlyBehindTheRowsBefore()
    {
        var paced = _run.File("a.csv", Bars(10, 20));
        var unpaced = _run.File("b.csv", Bars(1, 2, 15, 25, 26));

        var commits = await CommitsAsync($"ohlcv:{paced},pace=1x", $"ohlcv:{unpaced}");

        Assert.That(commits, Is.EqualTo("0:4 10:3"), "1 2 10 15 at once, then 20 when it is due, 25 26 behind it");
    }

    [Test]
    public async Task Feed_AtAnyPace_WritesTheSameStreams()
    {
        var texts = new List<string>();
        foreach (var pace in (string[])["max", "0.01x", "1x", "10x", "10000x"])
        {
            using var run = new FeedRun { Time = new JumpingTime(), BatchCountMax = 7 };
            var trades = run.File("BTCUSDT-trades-1.csv", Samples.Trades(300) + "bad\n" + Samples.Trades(20));
            var bars = run.File("spy.csv", Bars([.. Enumerable.Range(0, 60).Select(bar => 43_000 + (bar * 3))]));
            await run.ToEndAsync(
                $"binance-trades:{trades},pace={pace}", $"ohlcv:{bars}", "simulated:count=50,rate=max");
            texts.Add(await run.TextAsync());
        }

        Assert.That(texts.Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Feed_AfterARestart_BeginsTheRhythmAtTheFirstRowLeft()
    {
        using var stop = new CancellationTokenSource();
        var spec = $"ohlcv:{_run.File("a.csv", Bars(0, 100, 130))},pace=1x";
        await _run.ToStopAsync(bus => new InterruptedBus(bus, 1, stop.Cancel), stop.Token, spec);

        Assert.That(await CommitsAsync(spec), Is.EqualTo("0:1 30:1"));
    }

    [Test]
    public async Task Feed_BeforeALongGap_SaysOnceWhatItWaitsForAndUntilWhen()
    {
        var pauses = new List<string>();
        _time.BeforeJump = _ => pauses.Add(_run.Progress.Pause?.Text ?? "");

        await CommitsAsync($"ohlcv:{_run.File("a.csv", Bars(0, 2, 3 * 3600))},pace=1x");

        const string Gap = "the row of a.csv at 2024-08-08 15:00:00, until 2026-01-01 03:00:00 UTC";
        Assert.That(_run.Logger.Lines, Is.EqualTo(new[] { $"The feed waits for {Gap}" }));
        Assert.That(pauses[0], Is.EqualTo("the row of a.csv at 2024-08-08 12:00:02, until 2026-01-01 00:00:02 UTC"));
        Assert.That(pauses[1..], Is.EqualTo(new[] { Gap, Gap, Gap }), "It looks up every hour.");
        Assert.That(_run.Progress.Pause, Is.Null);
    }

    [Test]
    public void PaceClock_OfCenturiesAtAHundredth_IsFarAwayAndNoOverflow()
    {
        var clock = new PaceClock(0.01, _time);
        clock.DueIn(new DateTime(1800, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var due = clock.DueIn(new DateTime(2199, 12, 31, 0, 0, 0, DateTimeKind.Utc));

        Assert.That(due, Is.EqualTo(TimeSpan.FromDays(1_000_000)));
        Assert.That(_time.GetUtcNow().UtcDateTime + due, Is.GreaterThan(new DateTime(4000, 1, 1)));
    }

    [Test]
    public void Feed_OfTwoPaces_IsRefused()
    {
        var a = _run.File("a.csv", Bars(0));
        var b = _run.File("b.csv", Bars(1));

        var failure = _run.Fails<FeedSpecException>($"ohlcv:{a},pace=1x", $"ohlcv:{b},pace=2.5x");

        Assert.That(failure.Message, Is.EqualTo(
            "Feeds of one run have the paces 1x and 2.5x, expected one: they share a clock. Give each the same pace; " +
            "those without one go out in order of time with them."));
    }

    private const string Header = "time,open,high,low,close\n";

    private static string Bars(params int[] seconds) =>
        Header + string.Concat(seconds.Select(second => $"{Noon + second},1,1,1,1\n"));

    private async Task<string> CommitsAsync(params string[] specs)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _run.ToStopAsync(bus => _log = new CommitLog(bus, _time), patience.Token, specs);
        Assert.That(_run.Progress.IsCompleted, Is.True);
        return string.Join(' ', _log!.Commits);
    }
}

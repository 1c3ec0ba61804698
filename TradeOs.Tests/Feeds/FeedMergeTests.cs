using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

public sealed class FeedMergeTests
{
    private const string Header = "time,open,high,low,close\n";

    /// <summary>2025-01-01, where simulated time begins.</summary>
    private const int SimulationStart = 1735689600;

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

    [Test]
    public async Task Feed_OfFilesADirectoryAndTheSimulatorFullOfTies_IsTheMergeOfTheirHeads()
    {
        var random = new Random(Seed.Next());
        for (var round = 0; round < 20; round++)
        {
            using var run = new FeedRun { BatchCountMax = random.Next(1, 20) };
            var times = Enumerable.Range(0, 3).Select(_ => Times(random, 40)).ToList();
            run.File("days/B-trades-1.csv", Trades(times[1][..15]));
            run.File("days/B-trades-2.csv", Trades(times[1][15..]));
            string[] specs =
            [
                "binance-trades:" + run.File("A-trades.csv", Trades(times[0])),
                "binance-trades:" + Path.Combine(run.Folder, "days"),
                "simulated:symbols=1,step=1000,rate=max,count=30",
                "binance-trades:" + run.File("C-trades.csv", Trades(times[2])),
            ];

            await run.ToEndAsync(specs);
            Assert.That(
                string.Join(' ', (await run.EventsAsync()).Select(next => $"{next.Symbol}{Second(next)}")),
                Is.EqualTo(Merged(
                    ("A", times[0]), ("B", times[1]), ("SIM001", [.. Enumerable.Range(0, 30)]), ("C", times[2]))));
        }
    }

    /// <summary>Seconds that mostly go on, often stand still and sometimes step back.</summary>
    private static int[] Times(Random random, int count)
    {
        var second = 0;
        return [.. Enumerable.Range(0, count).Select(_ => second = Math.Max(0, second + random.Next(-1, 3)))];
    }

    /// <summary>The rule of the merge, as plainly as it can be written.</summary>
    private static string Merged(params (string Symbol, int[] Times)[] sources)
    {
        var next = new int[sources.Length];
        var merged = new List<string>();
        while (true)
        {
            var heads = Enumerable.Range(0, sources.Length).Where(index => next[index] < sources[index].Times.Length);
            var first = heads.OrderBy(index => sources[index].Times[next[index]]).ThenBy(index => index)
                .Select(index => (int?)index).FirstOrDefault();
            if (first is not { } taken) return string.Join(' ', merged);
            merged.Add($"{sources[taken].Symbol}{sources[taken].Times[next[taken]++]}");
        }
    }

    // Bars that mostly step back would be read from the end of their file.
    private static string Trades(int[] seconds) =>
        string.Concat(seconds.Select((second, row) => $"{row},1,1,{SimulationStart + second}000,True\n"));

    private static int Second(MarketEvent next) => (int)(next.At - DateTime.UnixEpoch).TotalSeconds - SimulationStart;

    private static string Row(int second) => $"{1723161240 + second},1,1,1,1\n";
}

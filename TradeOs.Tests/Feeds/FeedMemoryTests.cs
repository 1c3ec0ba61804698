using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Feeds;

/// <summary>What a feed holds in memory does not grow with its length.</summary>
public sealed class FeedMemoryTests
{
    private const int Rows = 20_000;
    private const int BytesMax = 8_000_000;

    // Ten times the rows, were they kept, are some 50 MB.
    [TestCase("plain")]
    [TestCase("gzip")]
    [TestCase("zip")]
    [TestCase("directory")]
    public async Task Feed_OfTenTimesTheRows_HoldsNoMoreOfThem(string kind)
    {
        var few = await HighestAsync(kind, Rows);
        var many = await HighestAsync(kind, 10 * Rows);

        TestContext.Out.WriteLine($"{kind}: {few} bytes of {Rows} rows, {many} of {10 * Rows}");
        Assert.That(few, Is.LessThan(BytesMax));
        Assert.That(many, Is.LessThan(BytesMax));
    }

    /// <summary>Most bytes that lived at a commit over those before the feed began.</summary>
    private static async Task<long> HighestAsync(string kind, int rows)
    {
        using var run = new FeedRun();
        var spec = "binance-trades:" + Write(run, kind, rows);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var bus = new DroppingBus(run.Bus);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));

        await run.ToStopAsync(_ => bus, patience.Token, spec);

        Assert.That(run.Progress.Rows, Is.EqualTo(rows));
        return bus.Highest - before;
    }

    private static string Write(FeedRun run, string kind, int rows) => kind switch
    {
        "plain" => run.File("BTCUSDT-trades-1.csv", Samples.Trades(rows)),
        "gzip" => run.File("BTCUSDT-trades-1.csv.gz", FeedRun.Gzip(Samples.Trades(rows))),
        "zip" => run.File("BTCUSDT-trades-1.zip", FeedRun.Zip(("a.csv", Samples.Trades(rows)))),
        _ => WriteDays(run, rows),
    };

    private static string WriteDays(FeedRun run, int rows)
    {
        const int Days = 20;
        for (var day = 0; day < Days; day++)
            run.File($"BTCUSDT-trades-{day + 10}.csv", Samples.Trades(rows / Days, 1 + (day * rows)));
        return run.Folder;
    }

    /// <summary>Keeps nothing, and looks at the memory now and then; that makes it slow, so that rows wait.</summary>
    private sealed class DroppingBus(IStreamBus inner) : WatchedBus(inner)
    {
        private const int LookEvery = 16;

        private int _commits;

        public long Highest { get; private set; }

        protected override ValueTask<CommitResult> CommitAsync(
            IStreamReader reader, Batch batch, CancellationToken cancellationToken)
        {
            if (_commits++ % LookEvery == 0) Highest = Math.Max(Highest, GC.GetTotalMemory(forceFullCollection: true));
            return ValueTask.FromResult(CommitResult.Committed);
        }
    }
}

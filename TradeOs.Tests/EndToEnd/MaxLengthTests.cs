using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>Small caps change what is kept, never what is decided.</summary>
[TestFixture]
public sealed class MaxLengthTests
{
    private const int Cap = 1_000;

    [Test]
    public async Task Run_EveryMaxLengthAThousand_DecidesTheSameAndNeverHoldsMore()
    {
        var feed = $"binance-trades:{Recorded.File(Recorded.BtcSpot)}";
        var free = await TradeOsProcess.RunAsync("run", "--bus", "memory", "--feed", feed, "--until-idle", "--json");
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        using var checker = await StreamChecker.StartAsync(redis);
        var caps = Topology.Streams.SelectMany(stream => new[] { "--set", $"Streams:{stream}:MaxLength={Cap}" });

        var capped = await RealDataTests.RunAsync(redis, data, feed, [.. caps, "--set", "Pipeline:BatchCountMax=32"]);
        var written = await checker.EndAsync(capped.Added);

        Assert.That(capped.ExitCode, Is.Zero, capped.ToString());
        Assert.That(capped.Added, Is.EqualTo(free.Added));
        Assert.That(capped.Metrics, Is.EqualTo(free.Metrics));
        Assert.That(written.Digests, Is.EqualTo(free.Digests));
        Assert.That(
            written.LongestSeen, Is.GreaterThan(Cap / 2).And.LessThanOrEqualTo(Cap), $"{written.Samples} samples");
        Assert.That(
            capped.Held[StreamNames.MarketData], Is.LessThan(free.Held[StreamNames.MarketData]), "nothing was trimmed");
        Assert.That(capped.Digests, Is.EqualTo(free.Digests), "archive and stream together are what was written");
        TestContext.Out.WriteLine($"{written.Samples} samples of XLEN, longest {written.LongestSeen}");
    }

    /// <summary>Watches the lengths while the streams are written, and reads afterwards what was ever
    /// written.</summary>
    private sealed class StreamChecker : IDisposable
    {
        private readonly ControlConnection _control;
        private readonly RedisServerProcess _redis;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _watching;
        private long _longest;
        private long _samples;

        private StreamChecker(RedisServerProcess redis, ControlConnection control)
        {
            (_redis, _control) = (redis, control);
            _watching = Task.Run(WatchAsync);
        }

        public static async Task<StreamChecker> StartAsync(RedisServerProcess redis) =>
            new(redis, await ControlConnection.ConnectAsync(redis.Options, CancellationToken.None));

        /// <summary>Digests of everything the append-only file says was added, trimmed or not.</summary>
        public async Task<(Dictionary<string, string> Digests, long LongestSeen, long Samples)> EndAsync(
            IReadOnlyDictionary<string, long> added)
        {
            await _stop.CancelAsync();
            await _watching;
            using var written = AppendOnlyFile.Digests(_redis.Directory);
            foreach (var stream in Topology.Streams)
                Assert.That(written[stream].Count, Is.EqualTo(added[stream]), $"entries of {stream} in the file");
            var digests = Topology.Streams.ToDictionary(stream => stream, stream => written[stream].ToHex());
            return (digests, _longest, _samples);
        }

        public void Dispose()
        {
            _stop.Dispose();
            _control.Dispose();
        }

        private async Task WatchAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                foreach (var stream in Topology.Streams)
                {
                    _longest = Math.Max(_longest, await StreamEntries.LengthAsync(_control, stream));
                    _samples++;
                }
            }
        }
    }
}

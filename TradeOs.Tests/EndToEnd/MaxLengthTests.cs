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
            capped.Entries[StreamNames.MarketData], Is.LessThan(free.Entries[StreamNames.MarketData]),
            "nothing was trimmed");
        TestContext.Out.WriteLine($"{written.Samples} samples of XLEN, longest {written.LongestSeen}");
    }

    /// <summary>Reads every stream while it is written, so that it has seen what is trimmed later.</summary>
    private sealed class StreamChecker : IDisposable
    {
        private readonly ControlConnection _control;
        private readonly Dictionary<string, StreamDigest> _digests =
            Topology.Streams.ToDictionary(stream => stream, stream => new StreamDigest(stream));

        private readonly Dictionary<string, EntryId> _after =
            Topology.Streams.ToDictionary(stream => stream, _ => EntryId.Zero);

        private readonly CancellationTokenSource _stop = new();
        private readonly Task _following;
        private long _longest;
        private long _samples;

        private StreamChecker(ControlConnection control)
        {
            _control = control;
            _following = Task.Run(FollowAsync);
        }

        public static async Task<StreamChecker> StartAsync(RedisServerProcess redis) =>
            new(await ControlConnection.ConnectAsync(redis.Options, CancellationToken.None));

        /// <summary>Reads the rest; it must have seen exactly as many entries as were ever appended.</summary>
        public async Task<(Dictionary<string, string> Digests, long LongestSeen, long Samples)> EndAsync(
            IReadOnlyDictionary<string, long> added)
        {
            await _stop.CancelAsync();
            await _following;
            while (await StepAsync())
            {
            }

            foreach (var (stream, digest) in _digests)
                Assert.That(digest.Count, Is.EqualTo(added[stream]), $"the checker was too slow for {stream}");
            return (_digests.ToDictionary(pair => pair.Key, pair => pair.Value.ToHex()), _longest, _samples);
        }

        public void Dispose()
        {
            foreach (var digest in _digests.Values) digest.Dispose();
            _stop.Dispose();
            _control.Dispose();
        }

        private async Task FollowAsync()
        {
            while (!_stop.IsCancellationRequested) await StepAsync();
        }

        private async Task<bool> StepAsync()
        {
            var pages = await Task.WhenAll(Topology.Streams.Select(async stream =>
            {
                var length = await StreamEntries.LengthAsync(_control, stream);
                var page = await StreamEntries.AfterAsync(_control, stream, _after[stream]);
                return (Stream: stream, Length: length, Page: page);
            }));
            foreach (var (stream, length, page) in pages)
            {
                _longest = Math.Max(_longest, length);
                _samples++;
                foreach (var entry in page) _digests[stream].Add(entry);
                if (page.Count > 0) _after[stream] = page[^1].Id;
            }

            return pages.Any(page => page.Page.Count > 0);
        }
    }
}

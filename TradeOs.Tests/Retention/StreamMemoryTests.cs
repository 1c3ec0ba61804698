using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Retention;

/// <summary>The bytes an entry is said to take are those it takes.</summary>
[TestFixture]
public sealed class StreamMemoryTests
{
    [Test]
    public async Task EntryBytes_OfEveryStreamARunFills_AreWhatRedisSays()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        var run = await RealDataTests.RunAsync(redis, data, "simulated:count=20000,rate=max");
        Assert.That(run.ExitCode, Is.Zero, run.ToString());

        foreach (var stream in Topology.Streams.Where(stream => run.Entries[stream] > 300))
        {
            var bytes = await redis.CliAsync("MEMORY", "USAGE", stream, "SAMPLES", "0");
            var measured = double.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture)
                / run.Entries[stream];
            Assert.That(StreamMemory.EntryBytes[stream], Is.EqualTo(measured).Within(20).Percent, stream);
        }

        Assert.That(StreamMemory.EntryBytes.Keys, Is.EquivalentTo(Topology.Streams));
    }
}

using System.Collections.Immutable;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A reader that stops stops the feed, loses nothing, and deadlocks nobody: each in turn, under small
/// caps.</summary>
[TestFixture]
public sealed class StoppedReaderTests
{
    private const int Batch = 8;
    private const int Cap = 16;
    private const string Feed = "simulated:rate=max,count=20000";

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(3);

    private static readonly ImmutableDictionary<string, StreamLimit> Limits = Topology.Streams.ToImmutableDictionary(
        stream => stream, stream => new StreamLimit(Cap, Topology.ReadersOf(stream)));

    [Test]
    public async Task EachReaderStoppedInTurn_StopsTheFeedLosesNothingAndGoesOnToTheSameDigests()
    {
        var free = await TradeOsProcess.RunAsync("run", "--bus", "memory", "--feed", Feed, "--until-idle", "--json");
        await using var redis = await RedisServerProcess.StartAsync();
        await using var line = new RunningLine(redis, Feed, Batch, Limits);

        foreach (var reader in Topology.Stages)
        {
            await line.StopAsync(reader.Name);
            await UntilAsync(line, () => Task.FromResult(line.WaitsBefore(reader.Name).All(room => room is not null)));
            await AssertHeldAsync(line, reader);
            var rows = line.Rows;
            TestContext.Out.WriteLine($"{reader.Name} stopped: the feed stands at {rows} rows");
            line.Start(reader.Name);
            await UntilAsync(line, () => Task.FromResult(line.Rows > rows));
        }

        await UntilAsync(line, line.IsThroughAsync);
        using var written = AppendOnlyFile.Digests(redis.Directory);
        foreach (var stream in Topology.Streams)
            Assert.That(written[stream].ToHex(), Is.EqualTo(free.Digests[stream]), stream);
    }

    /// <summary>The control: with the floor taken out of the commit the same stop loses entries and stops no
    /// feed.</summary>
    [Test]
    public async Task AReaderStopped_WithoutTheFloor_LosesWhatItHasNotRead()
    {
        var open = Limits.SetItem("fills", new StreamLimit(Cap, []));
        await using var redis = await RedisServerProcess.StartAsync();
        await using var line = new RunningLine(redis, Feed, Batch, open);

        await line.StopAsync("outcome-tracker");
        await UntilAsync(line, async () =>
        {
            var fills = await line.Bus.InspectStreamAsync("fills", CancellationToken.None);
            var read = await line.Bus.InspectReaderAsync("outcome-tracker", CancellationToken.None);
            return fills.Added - fills.Length > read?.Count;
        });

        line.Start("outcome-tracker");
        await Poll.UntilAsync(async () =>
        {
            try
            {
                await line.ThrowIfEndedAsync();
                return false;
            }
            catch (StreamDamagedException loss)
            {
                return loss.Message.Contains("vanished before outcome-tracker read them", StringComparison.Ordinal);
            }
        });
    }

    private static async Task AssertHeldAsync(RunningLine line, ReaderDefinition reader)
    {
        var stream = reader.Input!;
        var read = (await line.Bus.InspectReaderAsync(reader.Name, CancellationToken.None))!;
        var report = await line.Bus.InspectStreamAsync(stream, CancellationToken.None);
        var unread = await line.Bus.RangeAsync(stream, read.Position, 1_000, CancellationToken.None);

        Assert.That(line.WaitsBefore(reader.Name)[^1], Is.EqualTo($"{stream} held by {reader.Name}"));
        Assert.That(unread, Has.Count.EqualTo(report.Added - read.Count), $"unread by {reader.Name}");
        foreach (var name in Topology.Streams)
        {
            var length = (await line.Bus.InspectStreamAsync(name, CancellationToken.None)).Length;
            Assert.That(length, Is.LessThanOrEqualTo(Cap), name);
        }
    }

    private static async Task UntilAsync(RunningLine line, Func<Task<bool>> isDone)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isDone())
        {
            await line.ThrowIfEndedAsync();
            if (TimeProvider.System.GetElapsedTime(started) > WaitMax)
                throw new TimeoutException($"{line.Rows} rows; {string.Join(" | ", line.WaitsBefore(""))}");
            await Task.Delay(5, TestContext.CurrentContext.CancellationToken);
        }
    }
}

using System.Collections.Immutable;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A reader that stops stops the feed, loses nothing, and deadlocks nobody: each in turn, under small
/// caps.</summary>
[TestFixture]
public sealed class StoppedReaderTests
{
    private const int BatchCount = 8;
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
        await using var line = new RunningLine(redis, Feed, BatchCount, Limits);

        foreach (var reader in Topology.Stages)
        {
            await UntilAsync(line, async () => await ReadAsync(line, reader.Name) > 0);
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

    [Test]
    public async Task AnOutsideReaderStopped_StopsTheFeedLosesNothingAndGoesOnToTheSameDigests()
    {
        const string feed = "simulated:rate=max,count=5000";
        var python = new OutsideReader("python", "fills", "", StuckRule.Wait, OutsideReader.ReleaseAfterDefault);
        var free = await TradeOsProcess.RunAsync("run", "--bus", "memory", "--feed", feed, "--until-idle", "--json");
        await using var redis = await RedisServerProcess.StartAsync();
        using var control = await ControlConnection.ConnectAsync(redis.Options, CancellationToken.None);
        var runId = (await control.InfoAsync("server"))["run_id"];
        Assert.That(await new OutsideRegistry(control, runId, TimeProvider.System).AddAsync(python), Is.Null);
        await using var line = new RunningLine(redis, feed, BatchCount, Limits);
        using var watch = new RetentionWatch(
            redis.Options, new OpenGate(), Limits, TimeProvider.System, new LogLines<RetentionWatch>());

        await UntilAsync(
            line, () => Task.FromResult(line.WaitsBefore("outcome-tracker").All(room => room is not null)));
        await watch.LookAsync(CancellationToken.None);
        var fills = await line.Bus.InspectStreamAsync("fills", CancellationToken.None);
        var waits = line.WaitsBefore("outcome-tracker");
        await UntilAsync(line, async () =>
        {
            var newest = await line.Bus.LastAsync("fills", 1);
            await redis.CliAsync("HSET", "tradeos:offset:python", "position", $"{newest[0].Id}");
            await watch.LookAsync(CancellationToken.None);
            return await line.IsThroughAsync();
        });

        Assert.That(waits[^1], Is.EqualTo("fills held by outside:python"));
        Assert.That(fills.Length, Is.EqualTo(fills.Added), "trimmed unread");
        Assert.That(watch.Seen!.Outside[0].Lost, Is.Zero);
        using var written = AppendOnlyFile.Digests(redis.Directory);
        foreach (var stream in Topology.Streams)
            Assert.That(written[stream].ToHex(), Is.EqualTo(free.Digests[stream]), stream);
    }

    [Test]
    public async Task AnArchiveReaderStopped_StopsTheFeedLosesNothingAndGoesOnToTheSameDigests()
    {
        const string feed = "simulated:rate=max,count=5000";
        var archive = ArchiveReaders.Of("fills");
        var limits = Limits.SetItem("fills", new StreamLimit(Cap, [.. Topology.ReadersOf("fills"), archive.Name]));
        var free = await TradeOsProcess.RunAsync("run", "--bus", "memory", "--feed", feed, "--until-idle", "--json");
        await using var redis = await RedisServerProcess.StartAsync();
        await using var line = new RunningLine(redis, feed, BatchCount, limits);

        await UntilAsync(
            line, () => Task.FromResult(line.WaitsBefore("outcome-tracker").All(room => room is not null)));
        var fills = await line.Bus.InspectStreamAsync("fills", CancellationToken.None);
        var waits = line.WaitsBefore("outcome-tracker");
        await using var reader = await line.Bus.OpenAsync(archive, CancellationToken.None);
        var read = 0L;
        await UntilAsync(line, async () =>
        {
            read += await CommitAsync(reader);
            return await line.IsThroughAsync();
        });

        Assert.That(waits[^1], Is.EqualTo("fills held by archive:fills"));
        Assert.That(fills.Length, Is.EqualTo(fills.Added), "trimmed unread");
        Assert.That(read, Is.GreaterThan(fills.Added));
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
        await using var line = new RunningLine(redis, Feed, BatchCount, open);

        await UntilAsync(line, async () => await ReadAsync(line, "outcome-tracker") > 0);
        await line.StopAsync("outcome-tracker");
        var read = await ReadAsync(line, "outcome-tracker");
        await UntilAsync(line, async () =>
        {
            var fills = await line.Bus.InspectStreamAsync("fills", CancellationToken.None);
            return fills.Added - fills.Length > read;
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

    /// <summary>Reads what there is and commits past it.</summary>
    private static async Task<int> CommitAsync(IStreamReader reader)
    {
        var batch = new Batch();
        var entries = await reader.ReadAsync(BatchCount, TimeSpan.FromMilliseconds(20), CancellationToken.None);
        foreach (var entry in entries) batch.Complete(entry.Id);
        if (entries.Count > 0)
            Assert.That(await reader.CommitAsync(batch, CancellationToken.None), Is.EqualTo(CommitResult.Committed));
        return entries.Count;
    }

    private static async Task<long> ReadAsync(RunningLine line, string reader) =>
        (await line.Bus.InspectReaderAsync(reader, CancellationToken.None))?.Count ?? 0;

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

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Chaos;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Archive;

/// <summary>The real executable, its archive and what happens to it.</summary>
[TestFixture]
public sealed class ArchiveRunTests
{
    private const string Stream = StreamNames.MarketData;

    private RedisServerProcess _redis = null!;
    private TemporaryDirectory _data = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _redis = await RedisServerProcess.StartAsync();
        _data = new TemporaryDirectory();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _redis.DisposeAsync();
        _data.Dispose();
    }

    [Test]
    public async Task Host_KilledAgainAndAgainWhileItArchives_LosesAndDoublesNothing()
    {
        const int kills = 12;
        var random = new Random(Seed.Next());
        var free = await ArchiveRun.FreeAsync(ArchiveRun.Feed);
        using var control = await ControlConnection.ConnectAsync(_redis.Options, CancellationToken.None);
        var before = 0L;
        for (var kill = 0; kill < kills; kill++)
        {
            await using var host = TradeOsProcess.Start(ArchiveRun.Arguments(_redis, _data, ArchiveRun.Feed));
            await ReachAsync(control, host, before + random.Next(100, ArchiveRun.Rows / (kills + 2)));
            await host.KillAsync();
            before = (await control.InspectStreamAsync(Stream)).Added;
            TestContext.Out.WriteLine($"kill {kill + 1} at {before} of {ArchiveRun.Rows} rows");
            Assert.That(before, Is.LessThan(ArchiveRun.Rows), "the kill must land while the pipeline moves");
        }

        var result = await TradeOsProcess.RunAsync(ArchiveRun.Arguments(_redis, _data, ArchiveRun.Feed));
        var verify = await VerbAsync("archive", "verify");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Digests, Is.EqualTo(free.Digests));
        Assert.That(result.Entries, Is.EqualTo(result.Added));
        Assert.That(verify.ExitCode, Is.Zero, verify.ToString());
        foreach (var stream in Topology.Streams)
            Assert.That(result.Held[stream], Is.LessThanOrEqualTo(ArchiveRun.Cap), stream);
        var segments = Directory.GetFiles(_data["archive", Stream], "*.ndjson.gz").Length;
        Assert.That(segments, Is.GreaterThan(3), "segments are small enough that kills meet their ends");
    }

    [Test]
    public async Task Disk_FullWhileItArchives_HoldsTheFeedAndLosesNothing()
    {
        Directory.CreateDirectory(_data["archive"]);
        await using var disk = await SmallDisk.MountAsync(_data["archive"]);
        if (disk is null) Assert.Ignore("No tmpfs may be mounted here.");
        disk!.Fill(leaveBytes: 200 * 1024);
        var free = await ArchiveRun.FreeAsync(ArchiveRun.Feed);
        await using var host = TradeOsProcess.Start(ArchiveRun.Arguments(_redis, _data, ArchiveRun.Feed));
        await Poll.UntilAsync(() =>
        {
            Assert.That(host.HasExited, Is.False, host.Error);
            return Task.FromResult(host.Error.Contains($"feed waits for room: {Stream} held by archive:{Stream}"));
        });

        var status = await VerbAsync("status");
        disk.Empty();
        var result = await host.EndAsync();

        Assert.That(status.ExitCode, Is.EqualTo(1), status.ToString());
        Assert.That(status.Output, Does.Match(
            $"archive:{Stream} waits since .*: .*{Stream} cannot be written: No space left on device"));
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Digests, Is.EqualTo(free.Digests));
        var said = result.Error.Split('\n').Where(line => line.Contains($"archive:{Stream} ")).ToList();
        Assert.That(said.Count(line => line.Contains(" waits: ")), Is.EqualTo(1), result.Error);
        Assert.That(said.Count(line => line.Contains(" goes on after waiting ")), Is.EqualTo(1), result.Error);
        Assert.That((await VerbAsync("archive", "verify")).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Archiving_SwitchedOffAndOnAgain_SaysWhichEntriesItHasNot()
    {
        string[] off = ["--set", $"Streams:{Stream}:Archive=false"];
        var first = await RunAsync("seed=1");
        var second = await RunAsync("seed=2", off);
        var known = await _redis.CliAsync("SISMEMBER", RedisKeys.Readers, $"archive:{Stream}");
        var withoutIt = await RunAsync("seed=2", off);
        var third = await RunAsync("seed=3");
        var verify = await VerbAsync("archive", "verify", Stream);

        Assert.That(first.Entries[Stream], Is.EqualTo(first.Added[Stream]), first.ToString());
        Assert.That(known, Is.EqualTo("0"));
        Assert.That(second.Error, Does.Contain($"Archiving is switched off: archive:{Stream} is forgotten"));
        Assert.That(withoutIt.Error, Does.Not.Contain("is forgotten"));
        Assert.That(third.ExitCode, Is.Zero, third.ToString());
        var lost = third.Added[Stream] - third.Entries[Stream];
        Assert.That(lost, Is.Positive.And.LessThan(3_000));
        Assert.That(verify.ExitCode, Is.Zero, verify.ToString());
        Assert.That(verify.Output, Does.Match(
            $"note Entries 3001 to {3_000 + lost} of {Stream} were never archived"));
    }

    [Test]
    public async Task Run_WithoutItsArchive_IsRefusedAndSaysTheNextMove()
    {
        await RunAsync("seed=1");
        Directory.Move(_data["archive", Stream], _data["aside"]);

        var refused = await RunAsync("seed=2");
        await RunAsync("seed=2", "--set", $"Streams:{Stream}:Archive=false");
        var goesOn = await RunAsync("seed=3");

        Assert.That(refused.ExitCode, Is.EqualTo(3), refused.ToString());
        Assert.That(refused.Error, Does.Contain("is gone, which Redis says was archived"));
        Assert.That(goesOn.ExitCode, Is.Zero, goesOn.ToString());
    }

    [Test]
    public async Task Doctor_EntriesTrimmedBeforeTheyWereArchived_SaysSoAndTheLossCanBeAccepted()
    {
        await RunAsync("seed=1");
        await _redis.CliAsync("XADD", Stream, "*", "a", "b");
        await _redis.CliAsync("XTRIM", Stream, "MAXLEN", "=", "0");
        var refused = await RunAsync("seed=2");
        var doctor = await VerbAsync("doctor", "--json");
        foreach (var reader in (string[])["signal-engine", $"archive:{Stream}"])
        {
            Assert.That(doctor.Output, Does.Contain($"\"HSET tradeos:checkpoint:{reader} count 3001 deleted 0-0\""));
            await _redis.CliAsync("HSET", $"tradeos:checkpoint:{reader}", "count", "3001", "deleted", "0-0");
            await _redis.CliAsync("HDEL", $"tradeos:checkpoint:{reader}", "checksum");
        }

        var accepted = await RunAsync("seed=2", "--adopt");
        var verify = await VerbAsync("archive", "verify", Stream);

        Assert.That(refused.ExitCode, Is.EqualTo(1), refused.ToString());
        Assert.That(accepted.ExitCode, Is.Zero, accepted.ToString());
        Assert.That(verify.ExitCode, Is.Zero, verify.ToString());
        Assert.That(verify.Output, Does.Contain($"note Entries 3001 to 3001 of {Stream} were never archived"));
    }

    private Task<TradeOsResult> RunAsync(string seed, params string[] more) => TradeOsProcess.RunAsync(
        [.. ArchiveRun.Arguments(_redis, _data, $"simulated:count=3000,rate=max,{seed}"), .. more]);

    private Task<TradeOsResult> VerbAsync(params string[] words) =>
        TradeOsProcess.RunAsync([.. words, .. ArchiveRun.Where(_redis, _data)]);

    private static async Task ReachAsync(ControlConnection control, TradeOsProcess host, long rows)
    {
        while (await StreamEntries.LengthAsync(control, Stream) == 0
            || (await control.InspectStreamAsync(Stream)).Added < rows)
        {
            Assert.That(host.HasExited, Is.False, $"the host ended by itself: {host.Error}");
            await Task.Delay(1);
        }
    }
}

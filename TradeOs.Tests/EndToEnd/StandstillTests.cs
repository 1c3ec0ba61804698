using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A pipeline that stands still says why and since when, once; <c>status</c> never calls it healthy.</summary>
[TestFixture]
public sealed class StandstillTests
{
    private const string Feed = "simulated:rate=100";

    private RedisServerProcess _redis = null!;
    private TemporaryDirectory _data = null!;

    private string[] Where => ["--redis", _redis.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path];

    private string Note => Path.Combine(_data.Path, "standstill.json");

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
    public async Task Status_OfAnIdlePipeline_IsHealthyUntilItsHostIsStopped()
    {
        await using var host = await RunningAsync("none");
        var healthy = await StatusAsync();
        await host.SignalAsync("STOP");

        var stopped = await StatusAsync();
        await host.SignalAsync("CONT");
        var again = await StatusAsync("--json");

        Assert.That((healthy.ExitCode, stopped.ExitCode, again.ExitCode), Is.EqualTo((0, 1, 0)), $"{stopped}{again}");
        Assert.That(healthy.Output, Does.Contain("Healthy."));
        Assert.That(stopped.Output, Does.Contain("none of its stages works: it is stopped or hangs"));
        foreach (var stage in (string[])["signal-engine", "feasibility", "metrics-publisher"])
            Assert.That(stopped.Output, Does.Match($"{stage} has nothing to read, but did not ask for it in [0-9.]+"));
        Assert.That(again.Output, Does.Contain("\"healthy\": true").And.Contain("\"standstill\": null"));
    }

    [Test]
    public async Task Status_OfAStoppedHostWithWork_NamesWhoIsBehind()
    {
        await using var host = await RunningAsync("none");
        await host.SignalAsync("STOP");
        await _redis.CliAsync("XADD", "fills", "*", "text", "x");

        var stopped = await StatusAsync();
        await host.SignalAsync("CONT");

        Assert.That(stopped.ExitCode, Is.EqualTo(1), stopped.ToString());
        Assert.That(stopped.Output, Does.Contain("outcome-tracker is 1 entries behind fills and did not move"));
    }

    [Test]
    public async Task Redis_StoppedKilledAndBack_IsSaidOnceEachAndByStatusToo()
    {
        await using var host = await RunningAsync(Feed);
        await Signals.StopAsync(_redis.ProcessId);
        await Poll.UntilAsync(() => Task.FromResult(File.Exists(Note)));
        var stopped = await StatusAsync("--json");
        await Signals.ContinueAsync(_redis.ProcessId);
        await Poll.UntilAsync(() => Task.FromResult(!File.Exists(Note)));
        await _redis.KillAsync();
        await Poll.UntilAsync(() => Task.FromResult(File.Exists(Note)));
        var killed = await StatusAsync();
        await _redis.StartAgainAsync();
        await Poll.UntilAsync(() => Task.FromResult(!File.Exists(Note)));
        var healthy = await StatusAsync();

        Assert.That((stopped.ExitCode, killed.ExitCode, healthy.ExitCode), Is.EqualTo((2, 2, 0)), $"{killed}{healthy}");
        var note = JsonDocument.Parse(stopped.Output).RootElement.GetProperty("standstill");
        Assert.That(note.GetProperty("lives").GetBoolean(), Is.True);
        Assert.That(
            note.GetProperty("paused").GetProperty("reason").GetString(), Does.Contain("gives no answer since"));
        Assert.That(killed.Error, Does.Match(
            $"Host .*:{host.Id} is paused since [-0-9]+ [:0-9]+Z: Redis at {_redis.Endpoint} cannot be reached"));
        Assert.That(Lines(host, "Paused:"), Is.EqualTo(2), host.Error);
        Assert.That(Lines(host, "Resumed:"), Is.EqualTo(2), host.Error);
    }

    [Test]
    public async Task Status_HostKilledWhilePaused_SaysThatItEnded()
    {
        await using (var host = await RunningAsync("none"))
        {
            await _redis.KillAsync();
            await Poll.UntilAsync(() => Task.FromResult(File.Exists(Note)));
            await host.KillAsync();
        }

        var away = await StatusAsync();
        await _redis.StartAgainAsync();
        await using var next = await RunningAsync("none");

        Assert.That(away.ExitCode, Is.EqualTo(2), away.ToString());
        Assert.That(away.Error, Does.Match("Host .* ended while it stood still, paused since .* Start one"));
        await Poll.UntilAsync(() => Task.FromResult(!File.Exists(Note)));
    }

    [Test]
    public async Task Status_NoMemoryLeftToCommit_SaysWhoWaitsSinceWhen()
    {
        await using var host = await RunningAsync(Feed);
        await _redis.CliAsync("CONFIG", "SET", "maxmemory", "1");
        await Poll.UntilAsync(() => Task.FromResult(File.Exists(Note)));
        var status = await StatusAsync();
        await _redis.CliAsync("CONFIG", "SET", "maxmemory", "0");
        await Poll.UntilAsync(() => Task.FromResult(!File.Exists(Note)));

        Assert.That(status.ExitCode, Is.EqualTo(1), status.ToString());
        Assert.That(status.Output, Does.Match(
            "feed waits for room since [-0-9]+ [:0-9]+Z: Redis, which is at its maxmemory"));
        Assert.That(host.HasExited, Is.False, host.Error);
    }

    [Test]
    public async Task Note_OfALoopThatWaitsForRoom_NamesStreamAndHolderUntilItGoesOn()
    {
        var loop = new LoopProgress("execution");
        var log = new LogLines<StandstillService>();
        using var service = new StandstillService(
            new OutageLog("nowhere:1", TimeProvider.System, NullLogger.Instance), [loop], _data.Path,
            TimeProvider.System, log);
        await service.StartAsync(CancellationToken.None);
        loop.Waiting("fills held by outcome-tracker");
        await Poll.UntilAsync(() => Task.FromResult(File.Exists(Note)));
        var note = new StandstillFile(_data.Path).Read();
        loop.Committed(new Batch());
        await Poll.UntilAsync(() => Task.FromResult(!File.Exists(Note)));
        await service.StopAsync(CancellationToken.None);

        Assert.That(note!.Sentences().Single(), Does.Match(
            "execution waits for room since .*Z: fills held by outcome-tracker is full"));
        Assert.That(log.Lines, Has.Count.EqualTo(2), string.Join('\n', log.Lines));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    public async Task Status_NoteThatCannotBeRead_IsNoNote(string text)
    {
        await using var host = await RunningAsync("none");
        await File.WriteAllTextAsync(Note, text);

        Assert.That((await StatusAsync()).ExitCode, Is.Zero);
    }

    private async Task<TradeOsProcess> RunningAsync(string feed)
    {
        var host = TradeOsProcess.Start(["run", "--feed", feed, .. Where]);
        await Poll.UntilAsync(async () => host.HasExited ? throw new InvalidOperationException(host.Error)
            : await _redis.CliAsync("CLIENT", "LIST") is var list
                && list.Contains("name=tradeos:metrics-publisher", StringComparison.Ordinal)
                && list.Contains("cmd=xread ", StringComparison.Ordinal)
                && list.Contains("cmd=xreadgroup ", StringComparison.Ordinal));
        return host;
    }

    private Task<TradeOsResult> StatusAsync(params string[] more) =>
        TradeOsProcess.RunAsync(["status", .. Where, .. more]);

    private static int Lines(TradeOsProcess host, string mark) =>
        host.Error.Split('\n').Count(line => line.Contains(mark, StringComparison.Ordinal));
}

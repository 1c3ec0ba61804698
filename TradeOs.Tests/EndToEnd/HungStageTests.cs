using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Chaos;

namespace TradeOs.Tests.EndToEnd;

/// <summary>One stage hangs and all others live: <c>status</c> names that one and no other, and ends with 1.</summary>
/// <remarks>
/// A proxy keeps what the stage sends, on every connection it opens. The same host is healthy before and afterwards, so
/// that nothing but what was kept can be what is found.
/// </remarks>
[TestFixture]
public sealed class HungStageTests
{
    private TaskCompletionSource<bool> _release = null!;
    private RedisServerProcess _redis = null!;
    private TemporaryDirectory _data = null!;
    private WireProxy _wire = null!;
    private int _kept;

    private string[] Where => ["--redis", _redis.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path];

    [SetUp]
    public async Task StartAsync()
    {
        (_redis, _data) = (await RedisServerProcess.StartAsync(), new TemporaryDirectory());
        _wire = new WireProxy(_redis.Port);
        (_release, _kept) = (new(TaskCreationOptions.RunContinuationsAsynchronously), 0);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _wire.DisposeAsync();
        await _redis.DisposeAsync();
        _data.Dispose();
    }

    [TestCase("signal-engine")]
    [TestCase("metrics-publisher")]
    [TestCase("feasibility")]
    public async Task Status_AStageWhoseCommitsNeverArrive_NamesItAndNoOther(string stage)
    {
        var input = Topology.Reader(stage).Input!;
        await using var host = await RunningAsync("simulated:rate=100");
        var before = await StatusAsync();
        Keep(stage, request => request.IsCommit);
        var count = await CountAsync(stage);
        await _redis.CliAsync("XADD", input, "*", "text", "x");
        await UntilKeptAsync(2);

        // Stages that committed with it are opened again when its commit is given up.
        var hung = before;
        await Poll.UntilAsync(async () => Findings(hung = await StatusAsync()).Count == 1);
        Release();
        await Poll.UntilAsync(async () => await CountAsync(stage) > count);
        var after = await StatusAsync();

        Assert.That((before.ExitCode, hung.ExitCode, after.ExitCode), Is.EqualTo((0, 1, 0)), $"{before}{hung}{after}");
        Assert.That(Findings(hung).Single(), Does.Match(
            $"^{stage} is [0-9]+ entries behind {input} and did not move in [0-9.]+ s.$"));
        Assert.That(host.HasExited, Is.False, host.Error);
    }

    [TestCase("outcome-tracker")]
    [TestCase("execution")]
    public async Task Status_AStageThatCannotBeOpenedAgain_NamesItAndNoOther(string stage)
    {
        await using var host = await RunningAsync("none");
        var before = await StatusAsync();
        Keep(stage, request => request.Command == "WATCH");
        var client = await _redis.CliAsync("HGET", RedisKeys.Checkpoint(stage), "client");
        await _redis.CliAsync("CLIENT", "KILL", "ID", client);
        await UntilKeptAsync(2);

        var hung = await StatusAsync();
        Release();
        await Poll.UntilAsync(
            async () => await _redis.CliAsync("HGET", RedisKeys.Checkpoint(stage), "client") != client);
        var after = await StatusAsync();

        Assert.That((before.ExitCode, hung.ExitCode, after.ExitCode), Is.EqualTo((0, 1, 0)), $"{before}{hung}{after}");
        var named = Findings(hung).Where(found => Topology.Stages.Any(
            named => found.StartsWith(named.Name + " ", StringComparison.Ordinal)));
        Assert.That(named, Is.EqualTo([$"{stage} has no connection: it is just reconnecting, or its loop ended."]));
    }

    /// <summary>The order is on disk whatever the stage does; whoever gave it must not believe that it is
    /// obeyed.</summary>
    [Test]
    public async Task Halt_AStageWhoseCommitsNeverArrive_EndsWith1AndNamesItAndSoDoesStatus()
    {
        await using var host = await RunningAsync("none");
        Keep("execution", request => request.IsCommit);

        var halt = await TradeOsProcess.RunAsync(["halt", "--reason", "a test", .. Where]);
        var hung = await StatusAsync();
        Release();
        await Poll.UntilAsync(async () => await _redis.CliAsync("XLEN", StreamNames.ControlLog) == "2");
        var after = await StatusAsync();
        var again = await TradeOsProcess.RunAsync(["halt", "--reason", "a test", .. Where]);

        Assert.That((halt.ExitCode, hung.ExitCode), Is.EqualTo((1, 1)), $"{halt}{hung}");
        Assert.That(halt.Output, Does.Contain("feasibility obeys since").And.Not.Contain("execution obeys since"));
        Assert.That(halt.Error, Does.Contain("execution has not obeyed within").And.Not.Contain("feasibility has not"));
        Assert.That(Findings(hung).Single(), Does.StartWith("execution has not obeyed change 1 yet (halted since "));
        Assert.That((after.ExitCode, again.ExitCode), Is.EqualTo((0, 0)), $"{after}{again}");
    }

    /// <summary>Keeps what a stage sends from now on: neither passed on nor answered, as long as anybody
    /// waits.</summary>
    private void Keep(string stage, Func<WireRequest, bool> isMeant) => _wire.Watch = async moment =>
    {
        if (moment.Phase != WirePhase.Sent || moment.Request.Reader != stage || !isMeant(moment.Request)) return true;
        Interlocked.Increment(ref _kept);
        return await _release.Task;
    };

    /// <summary>What was kept is lost with its connection; what is sent from now on arrives.</summary>
    private void Release()
    {
        _wire.Watch = null;
        _release.TrySetResult(false);
    }

    /// <summary>More than one means that the host gave a connection up and tried another.</summary>
    private Task UntilKeptAsync(int count) => Poll.UntilAsync(() => Task.FromResult(Volatile.Read(ref _kept) >= count));

    private async Task<long> CountAsync(string stage) => long.Parse(
        await _redis.CliAsync("HGET", RedisKeys.Checkpoint(stage), "count"), CultureInfo.InvariantCulture);

    private async Task<TradeOsProcess> RunningAsync(string feed)
    {
        var host = TradeOsProcess.Start(
            ["run", "--feed", feed, "--redis", _wire.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path]);
        await Poll.UntilAsync(async () => host.HasExited ? throw new InvalidOperationException(host.Error)
            : await _redis.CliAsync("CLIENT", "LIST") is var list && Topology.Stages.All(
                stage => list.Contains($"name=tradeos:{stage.Name} ", StringComparison.Ordinal)));
        return host;
    }

    private Task<TradeOsResult> StatusAsync() => TradeOsProcess.RunAsync(["status", "--json", .. Where]);

    private static List<string> Findings(TradeOsResult status) =>
        [.. JsonDocument.Parse(status.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Select(finding => finding.GetString()!)];
}

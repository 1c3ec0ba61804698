using System.Text.Json;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Checking;

/// <summary><c>tradeos check</c> on a real server: what it finds, says and ends with.</summary>
[TestFixture]
public sealed class CheckVerbTests
{
    private RedisServerProcess _server = null!;
    private TemporaryDirectory _data = null!;

    private string[] Where => ["--redis", _server.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path];

    [SetUp]
    public async Task StartAsync()
    {
        _data = new TemporaryDirectory();
        _server = await RedisServerProcess.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Test]
    public async Task Check_AfterARecording_FindsNothingAndPrintsTheDigestsOfTheRun()
    {
        var run = await RealDataTests.RunAsync(
            _server, _data, $"binance-trades:{Recorded.File(Recorded.BtcFutures)}");

        var result = await CheckAsync("--at-rest", "--json");
        var lines = await CheckAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Digests, Is.EqualTo(run.Digests));
        var json = JsonDocument.Parse(result.Output).RootElement;
        Assert.That(json.GetProperty("findings").GetArrayLength(), Is.Zero);
        Assert.That(json.GetProperty("unproven").GetArrayLength(), Is.Zero);
        var engine = json.GetProperty("stages").GetProperty("signal-engine");
        Assert.That(
            engine.GetProperty("added").GetInt64(),
            Is.EqualTo(engine.GetProperty("output").GetInt64() + engine.GetProperty("silent").GetInt64()));
        Assert.That(lines.Output, Does.Contain("Nothing lost, nothing twice.").And.Contain("stage feasibility added="));
    }

    [Test]
    public async Task Check_ALostAcknowledgement_IsAFindingWithItsNextMove()
    {
        await FinishedPipeline.RunAsync(_server, _data, "simulated:count=3000,rate=max");
        await _server.CliAsync("XGROUP", "SETID", "trade.intents", "feasibility", "0");
        await _server.CliAsync(
            "XREADGROUP", "GROUP", "feasibility", "feasibility", "COUNT", "1", "STREAMS", "trade.intents", ">");

        var result = await CheckAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Match(
            "finding acknowledgement: trade.intents/[0-9-]+: found pending in group feasibility, expected " +
            "acknowledged: feasibility committed up to [0-9-]+. The acknowledgement did not land with its commit, or " +
            "the group was moved. Start the host again"));
        Assert.That(result.Output, Does.Contain("finding group-moved: trade.intents group feasibility: found last "));
    }

    [Test]
    public async Task Check_AnEntryDeletedAndOneForged_AreFoundByStreamAndId()
    {
        await FinishedPipeline.RunAsync(_server, _data, "simulated:count=3000,rate=max");
        var entry = (await PipelineCopy.TakeAsync(_server.Options)).Streams["trade.approved"][3].Id.ToString();
        await _server.CliAsync("XDEL", "trade.approved", entry);
        var forged = await _server.CliAsync("XADD", "fills", "*", "a", "b");

        var result = await CheckAsync("--json");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        var found = JsonDocument.Parse(result.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Select(finding => $"{finding.GetProperty("code")} {finding.GetProperty("found")}").ToList();
        Assert.That(found, Does.Contain($"cause-missing cause {entry}"));
        Assert.That(found, Does.Contain($"deleted entries deleted up to {entry}"));
        Assert.That(result.Output, Does.Contain($"fills/{forged}").And.Contain("outside-entry"));
    }

    [Test]
    public async Task Check_WhereItCannotLook_EndsWith2AndSaysWhy()
    {
        var empty = await CheckAsync();
        var emptyJson = await CheckAsync("--json");
        var absent = await TradeOsProcess.RunAsync(
            "check", "--redis", $"127.0.0.1:{RedisServerProcess.FreePort()}", "--data", _data.Path, "--json");

        Assert.That((empty.ExitCode, emptyJson.ExitCode, absent.ExitCode), Is.EqualTo((2, 2, 2)));
        Assert.That(
            empty.Error, Does.Contain("no reader was ever opened on it, expected the checkpoints of a pipeline"));
        Assert.That(absent.Output, Does.Contain("\"reachable\": false").And.Contain("cannot be reached"));
        Assert.That(emptyJson.Output, Does.Contain("\"reachable\": false"));
    }

    /// <summary>Nothing is found between two commits, whatever was in flight, trimmed meanwhile or killed.</summary>
    [Test]
    public async Task Check_WhileThePipelineMovesTrimsAndIsKilled_FindsNothing()
    {
        string[] small = [.. Topology.Streams.SelectMany(
            stream => new[] { "--set", $"Streams:{stream}:MaxLength=400" })];
        var (moving, last) = (0, 0L);
        for (var kill = 0; kill < 3; kill++)
        {
            await using var host = TradeOsProcess.Start(
            [
                "run", "--feed", "simulated:rate=max", "--set", "Pipeline:BatchCountMax=20", .. small, .. Where,
            ]);
            await Poll.UntilAsync(async () => await AddedAsync() > last + 2000);
            for (var look = 0; look < 5; look++)
            {
                var report = await CheckReading.RunAsync(_server.Options, atRest: false, default);
                Assert.That(report.Findings, Is.Empty);
                Assert.That(report.Unproven, Is.Not.Empty);
                if (report.Stages[0].Added > last) moving++;
                last = report.Stages[0].Added;
            }

            await host.KillAsync();
            Assert.That((await CheckReading.RunAsync(_server.Options, atRest: false, default)).Findings, Is.Empty);
        }

        TestContext.Out.WriteLine($"{moving} of 15 looks at a pipeline that had moved, {last} ticks");
        Assert.That(moving, Is.GreaterThan(5));
    }

    /// <summary>Only the beginning of an entry comes to us; nobody else is asked for the rest.</summary>
    [Test]
    public async Task Check_AnEntryTooLargeToBeRead_SaysThatItsDigestIsNotKnown()
    {
        await FinishedPipeline.RunAsync(_server, _data, "simulated:count=500,rate=max");
        await _server.CliAsync(
            "EVAL", "redis.call('XADD', 'market_data.raw', '*', 'at', string.rep('x', 20000000))", "0");
        await FinishedPipeline.RunAsync(_server, _data, "none");

        var result = await CheckAsync("--at-rest");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain(
            "not-proven market_data.raw: its digest: an entry is too large to be read whole."));
        Assert.That(result.Output, Does.Match("stage signal-engine added=501 gone=0 .* dead=1 .* waiting=0"));
    }

    private async Task<long> AddedAsync()
    {
        using var control = await ControlConnection.ConnectAsync(_server.Options, default);
        return (string?)await control.ExecuteAsync("TYPE", StreamNames.MarketData) == "stream"
            ? (await control.InspectStreamAsync(StreamNames.MarketData)).Added
            : 0;
    }

    private Task<TradeOsResult> CheckAsync(params string[] arguments) =>
        TradeOsProcess.RunAsync(["check", .. arguments, .. Where]);
}

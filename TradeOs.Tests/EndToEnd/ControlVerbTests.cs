using System.Text.Json;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary><c>halt</c>, <c>reduce-only</c> and <c>resume</c> as an operator types them.</summary>
[TestFixture]
public sealed class ControlVerbTests : ControlFixture
{
    [Test]
    public async Task Halt_WhileAHostRunsAndNothingWaits_IsObeyedAndShownAndResumed()
    {
        await AddAsync(StreamNames.TradeIntents, 1, 3);
        await using var host = StartHost();
        await ReachAsync(host, "execution", 3);

        var halt = await VerbAsync("halt", "exchange is down");
        await AddAsync(StreamNames.TradeIntents, 4, 5);
        await ReachAsync(host, "feasibility", 5);
        var status = await TradeOsProcess.RunAsync(["status", .. Where]);
        var json = await TradeOsProcess.RunAsync(["status", "--json", .. Where]);
        var again = await VerbAsync("halt", "twice");
        var resume = await VerbAsync("resume", "it is back", "--json");
        await AddAsync(StreamNames.TradeIntents, 6, 6);
        await ReachAsync(host, "execution", 4);

        Assert.That((halt.ExitCode, again.ExitCode, resume.ExitCode), Is.EqualTo((0, 0, 0)), halt.ToString());
        Assert.That(halt.Output, Does.Match(
            "^Trading is halted since [0-9TZ:-]+: exchange is down \\(change 1\\). The order is on disk.\n" +
            "feasibility obeys since entry [0-9]+-[0-9]+ of trade.intents, the last one decided before.\n" +
            "execution obeys since entry [0-9]+-[0-9]+ of trade.approved, the last one decided before.\n" +
            "To trade on: tradeos resume --reason WHY\n$"));
        Assert.That(status.ExitCode, Is.Zero, "a halt is no damage: " + status);
        Assert.That(status.Output, Does.Match("Trading: halted since [0-9TZ:-]+: exchange is down \\(change 1\\)"));
        Assert.That(status.Output, Does.Contain("Healthy; trading is halted."));
        var trading = JsonDocument.Parse(json.Output).RootElement.GetProperty("trading");
        Assert.That(trading.GetProperty("mode").GetString(), Is.EqualTo("halted"));
        Assert.That(trading.GetProperty("obeyed").GetProperty("execution").GetBoolean(), Is.True);
        Assert.That(again.Output, Does.Contain("exchange is down (change 1) already. Nothing was written."));
        var order = JsonDocument.Parse(resume.Output).RootElement;
        Assert.That(order.GetProperty("number").GetInt64(), Is.EqualTo(2));
        Assert.That(
            order.GetProperty("stages").GetProperty("feasibility").GetProperty("count").GetInt64(), Is.EqualTo(5));
        Assert.That(await Server.CliAsync("GET", RedisKeys.Control), Does.Match(
            "^mode=normal number=2 since=[0-9TZ:-]+ reason=it is back$"));
        Assert.That(await OutcomesAsync("feasibility"), Is.EqualTo(
            ["I-1", "I-2", "I-3", "TRADING_HALTED", "TRADING_HALTED", "I-6"]));
    }

    [Test]
    public async Task Halt_WhileNoHostRuns_IsObeyedBeforeTheFirstEntryOfTheNext()
    {
        await AddAsync(StreamNames.TradeIntents, 1, 4);
        var halt = await VerbAsync("halt", "not today");

        var run = await RunAsync(batchCountMax: 1);

        Assert.That((halt.ExitCode, run.ExitCode), Is.EqualTo((0, 0)), run.ToString());
        Assert.That(halt.Output, Does.EndWith(
            "No host runs. The next one obeys before it decides anything: tradeos run\n"));
        Assert.That(await OutcomesAsync("feasibility"), Is.EqualTo(Enumerable.Repeat("TRADING_HALTED", 4)));
        Assert.That((await NotesAsync("feasibility")).Single().Count, Is.Zero);
    }

    [Test]
    public async Task Halt_OfAManagedServerThatIsStopped_StartsItForTheOrderAlone()
    {
        using var data = new TemporaryDirectory();
        var endpoint = await FreeEndpointAsync();
        string[] where = ["--redis", endpoint, "--set", "Redis:Mode=Managed", "--data", data.Path];
        var first = await TradeOsProcess.RunAsync(["run", "--feed", "simulated:count=3000,rate=max", "--until-idle",
            "--json", .. where]);

        var halt = await TradeOsProcess.RunAsync(["halt", "--reason", "before the start", .. where]);
        var second = await TradeOsProcess.RunAsync(["run", "--feed", "simulated:count=9000,rate=max", "--until-idle",
            "--json", .. where]);

        Assert.That((first.ExitCode, halt.ExitCode, second.ExitCode), Is.EqualTo((0, 0, 0)), halt.ToString());
        Assert.That(second.Added["control.log"], Is.EqualTo(2));
        Assert.That(second.Added["trade.intents"], Is.GreaterThan(first.Added["trade.intents"]));
        Assert.That(second.Added["trade.approved"], Is.EqualTo(first.Added["trade.approved"]));
    }

    [Test]
    public async Task ReduceOnly_AfterAnApprovedBuy_LetsItsSaleThroughAndNoBuy()
    {
        await AddAsync(StreamNames.TradeIntents, 1, 1);
        await RunAsync();
        var reduce = await VerbAsync("reduce-only", "winding down");
        await AddAsync(StreamNames.TradeIntents, 2, 3);

        var run = await RunAsync();

        Assert.That((reduce.ExitCode, run.ExitCode), Is.EqualTo((0, 0)), run.ToString());
        Assert.That(await OutcomesAsync("feasibility"), Is.EqualTo(["I-1", "I-2", "TRADING_REDUCE_ONLY"]));
        Assert.That(await OutcomesAsync("execution"), Is.EqualTo(["paper-1", "paper-2"]));
    }

    [Test]
    public async Task Flag_NobodyCanRead_StopsTheHostUntilAnOrderReplacesIt()
    {
        await using var host = StartHost();
        await ReachAsync(host, "execution", 0);
        await Server.CliAsync("SET", RedisKeys.Control, "garbage\u001b[2J");
        var stopped = await host.EndAsync();
        await AddAsync(StreamNames.TradeIntents, 1, 1);
        var again = await RunAsync();
        var status = await TradeOsProcess.RunAsync(["status", .. Where]);

        var resume = await VerbAsync("resume", "mistyped");
        var run = await RunAsync();

        Assert.That((stopped.ExitCode, again.ExitCode, status.ExitCode), Is.EqualTo((1, 1, 1)), stopped.ToString());
        foreach (var result in (TradeOsResult[])[stopped, again])
        {
            Assert.That(result.Error, Does.Contain(
                "tradeos:control is \"garbage\\u{1b}[2J\", expected mode=normal|reduce-only|halted number=N " +
                "since=2026-11-22T20:00:00Z reason=WHY."));
            Assert.That(result.Error, Does.Contain("start again: tradeos halt --reason WHY, tradeos reduce-only"));
        }

        Assert.That(status.Output, Does.Contain("tradeos:control is"));
        Assert.That((resume.ExitCode, run.ExitCode), Is.EqualTo((0, 0)), resume.ToString());
        Assert.That(resume.Error, Does.Contain("tradeos:control is \"garbage"));
        Assert.That(await OutcomesAsync("feasibility"), Is.EqualTo(["I-1"]), "nothing was decided before the order");
    }

    [TestCase("DEL", "tradeos:control is gone, and ")]
    [TestCase("SET", "tradeos:control is \"mode=normal number=1 since=2026-11-22T20:00:00Z reason=x\", and ")]
    public async Task Flag_DeletedOrSetBackWhileHalted_StopsTheHostAndNeverResumes(string command, string found)
    {
        await VerbAsync("resume", "nothing to resume");
        await VerbAsync("halt", "exchange is down");
        await VerbAsync("reduce-only", "then reduced");
        await VerbAsync("halt", "then halted");
        await RunAsync();
        string[] back = command == "SET" ? ["mode=normal number=1 since=2026-11-22T20:00:00Z reason=x"] : [];
        await Server.CliAsync([command, RedisKeys.Control, .. back]);
        await AddAsync(StreamNames.TradeIntents, 1, 2);

        var first = await RunAsync();
        var second = await RunAsync();
        var halt = await VerbAsync("halt", "still down");
        var third = await RunAsync();

        Assert.That((first.ExitCode, second.ExitCode, third.ExitCode), Is.EqualTo((1, 1, 0)), first.ToString());
        Assert.That(first.Error, Does.Contain(found).And.Match(
            "(feasibility|execution) obeyed change 3 before " +
            "\\(halted since [0-9TZ:-]+: then halted \\(change 3\\)\\)"));
        Assert.That(halt.Output, Does.Contain("still down (change 4). The order is on disk."));
        Assert.That(await OutcomesAsync("feasibility"), Is.EqualTo(["TRADING_HALTED", "TRADING_HALTED"]));
    }

    [Test]
    public async Task Resume_WhenThereWasNoHalt_SaysSoAndWritesNothing()
    {
        var result = await VerbAsync("resume", "why not");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.StartWith("Trading is normal and was never changed. Nothing was written."));
        Assert.That(await Server.CliAsync("EXISTS", RedisKeys.Control), Is.EqualTo("0"));
    }

    /// <summary>What a stage made of each input, in order: the id of its output, or the code of its refusal.</summary>
    private async Task<IReadOnlyList<string>> OutcomesAsync(string stage)
    {
        var reader = Topology.Reader(stage);
        var id = stage == "feasibility" ? "intent_id" : "order_id";
        var made = new SortedDictionary<EntryId, string>();
        foreach (var entry in await EntriesAsync(reader.Outputs[0]))
            made[EntryId.Parse(TestText.Of(entry, "cause"))] = TestText.Of(entry, id);
        foreach (var entry in await EntriesAsync(StreamNames.Rejected))
        {
            if (TestText.Of(entry, "stage") == stage)
                made[EntryId.Parse(TestText.Of(entry, "cause"))] = TestText.Of(entry, "code");
        }

        return [.. made.Values];
    }

    private static async Task<string> FreeEndpointAsync()
    {
        await using var server = await RedisServerProcess.StartAsync();
        return server.Endpoint;
    }
}

using System.Text.Json;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary><c>dead requeue</c> and <c>dead drop</c>: each letter once, whatever happens meanwhile.</summary>
[TestFixture]
public sealed class DeadResolveTests : DeadLetterFixture
{
    [Test]
    public async Task Requeue_WhileTheHostRuns_ComesOutAtTheFarEnd()
    {
        var buy = await LetterAsync(StreamNames.SignalsRaw, Buy.Split(' '));
        await using var host = TradeOsProcess.Start(["run", "--feed", "none", .. Where]);
        await Poll.UntilAsync(async () => (await TradeOsProcess.RunAsync(["status", .. Where])).ExitCode == 0);

        var result = await DeadAsync(["requeue", buy, "--set", "price=100", .. Because]);
        await Poll.UntilAsync(async () => await LengthAsync(StreamNames.Fills) == 1);
        await Server.CliAsync(
            ["XADD", StreamNames.SignalsRaw, "*", .. Buy.Replace("-1", "110").Replace("buy", "sell").Split(' ')]);
        await Poll.UntilAsync(async () => await LengthAsync(StreamNames.Metrics) == 1);
        await host.SignalAsync("TERM");
        var ended = await host.EndAsync();

        Assert.That((result.ExitCode, ended.ExitCode), Is.EqualTo((0, 0)), result.ToString());
        Assert.That(result.Output, Does.Match($"^{buy} requeued as signals.raw/[0-9]+-[0-9]+\n$"));
        var entry = result.Output.TrimEnd().Split('/')[1];
        Assert.That(
            (await Server.CliAsync("XRANGE", StreamNames.SignalsRaw, entry, entry)).Replace('\n', ' '),
            Is.EqualTo($"{entry} {Buy.Replace("-1", "100")}"), "the same fields in the same order, one corrected");
        Assert.That(await NewestAsync(StreamNames.DeadLetters), Does.EndWith(
            $" resolves {buy} resolution requeued stream signals.raw entry {entry} reason mended by hand"));
    }

    [Test]
    public async Task Requeue_Twice_IsRefusedNamingTheFirst()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        string[] requeue = ["requeue", letter, "--set", "price=1", .. Because];
        var first = await DeadAsync(requeue);
        var length = await LengthAsync(StreamNames.MarketData);

        var second = await DeadAsync(requeue);
        var drop = await DeadAsync(["drop", letter, .. Because]);
        var json = await DeadAsync([.. requeue, "--json"]);

        Assert.That((first.ExitCode, second.ExitCode, drop.ExitCode, json.ExitCode), Is.EqualTo((0, 1, 1, 1)));
        var entry = first.Output.Trim().Split(' ')[^1];
        Assert.That(second.Error, Does.Contain($"dead.letters/{letter}: was requeued as {entry} on "));
        Assert.That(second.Error, Does.Contain(
            "reason \"mended by hand\", expected an open letter: each is resolved once. Nothing was written."));
        Assert.That(drop.Error, Does.Contain("each is resolved once"));
        var said = JsonDocument.Parse(json.Output).RootElement.GetProperty("letters")[0];
        Assert.That(said.GetProperty("refused").GetString(), Does.Contain("each is resolved once"));
        Assert.That(await LengthAsync(StreamNames.MarketData), Is.EqualTo(length));
    }

    [Test]
    public async Task Requeue_BySeveralOperatorsAtOnce_IsDoneByOne()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        var length = await LengthAsync(StreamNames.MarketData);

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            DeadAsync(["requeue", letter, "--set", "price=1", .. Because])));

        Assert.That(results.Count(result => result.ExitCode == 0), Is.EqualTo(1), string.Join('\n', results.ToList()));
        Assert.That(results.Count(result => result.ExitCode == 1), Is.EqualTo(5));
        Assert.That(await LengthAsync(StreamNames.MarketData), Is.EqualTo(length + 1));
    }

    [TestCase(Fault.DropReply)]
    [TestCase(Fault.DropRequest)]
    [TestCase(Fault.CutRequest)]
    public async Task Requeue_WhoseReplyIsLost_IsDoneOnce(Fault fault)
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        var length = await LengthAsync(StreamNames.MarketData);
        var faults = 0;
        await using var proxy = new TcpProxy(Server.Port, request => Task.FromResult(
            request.Contains("Resolves a dead", StringComparison.Ordinal) && Interlocked.Increment(ref faults) == 1
                ? fault
                : Fault.None));

        var result = await TradeOsProcess.RunAsync(
            Through(proxy, ["requeue", letter, "--set", "price=1", .. Because]));

        Assert.That(proxy.Hits.GetValueOrDefault(fault), Is.EqualTo(1));
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.StartWith($"{letter} requeued as market_data.raw/"));
        Assert.That(await LengthAsync(StreamNames.MarketData), Is.EqualTo(length + 1));
    }

    [Test]
    public async Task DryRun_SaysWhatWouldBeDoneAndWritesNothing()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        var before = await NewestAsync(StreamNames.DeadLetters) + await NewestAsync(StreamNames.MarketData);

        var requeue = await DeadAsync(["requeue", letter, "--set", "price=1", "--dry-run", .. Because]);
        var drop = await DeadAsync(["drop", letter, "--dry-run", .. Because]);
        var refused = await DeadAsync(["requeue", letter, "--dry-run", .. Because]);

        Assert.That((requeue.ExitCode, drop.ExitCode, refused.ExitCode), Is.EqualTo((0, 0, 1)), requeue.ToString());
        Assert.That(requeue.Output, Is.EqualTo($"{letter} would be requeued to market_data.raw\n"));
        Assert.That(drop.Output, Is.EqualTo($"{letter} would be dropped\n"));
        Assert.That(
            await NewestAsync(StreamNames.DeadLetters) + await NewestAsync(StreamNames.MarketData), Is.EqualTo(before));
    }

    [TestCase(2, 0)]
    [TestCase(1000, 1)]
    public async Task Drop_WhileLettersPourIn_LooksAgainUntilItGivesUp(int floods, int exitCode)
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        await using var proxy = new TcpProxy(Server.Port, async request =>
        {
            if (request.Contains("Resolves a dead", StringComparison.Ordinal) && floods-- > 0)
            {
                await Server.CliAsync(
                    "EVAL", "for i = 1, 300 do redis.call('XADD', 'dead.letters', '*', 'stage', 'feed') end", "0");
            }

            return Fault.None;
        });

        var result = await TradeOsProcess.RunAsync(Through(proxy, ["drop", letter, .. Because]));

        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.ToString());
        if (exitCode == 0) return;
        Assert.That(result.Error, Does.Contain(
            $"dead.letters/{letter}: 20 looks did not reach the end of the stream, expected fewer than 256"));
        Assert.That((await DeadAsync(["drop", letter, .. Because])).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Requeue_WhoseServerDies_SaysItIsNotKnownAndIsDoneOnceByTheSameAgain()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        var length = await LengthAsync(StreamNames.MarketData);
        await using var proxy = new TcpProxy(Server.Port, async request =>
        {
            if (request.Contains("Resolves a dead", StringComparison.Ordinal)) await Server.KillAsync();
            return Fault.None;
        });

        string[] requeue = ["requeue", letter, "--set", "price=1", .. Because];
        var lost = await TradeOsProcess.RunAsync(Through(proxy, requeue));
        await Server.StartAgainAsync();
        var again = await DeadAsync(requeue);

        Assert.That((lost.ExitCode, again.ExitCode), Is.EqualTo((2, 0)), lost.ToString());
        Assert.That(lost.Error, Does.Contain(
            $"Whether dead.letters/{letter} was resolved is not known. Run the same again: it is never done twice."));
        Assert.That(await LengthAsync(StreamNames.MarketData), Is.EqualTo(length + 1));
    }

    [Test]
    public async Task Drop_AfterTheServerWasRestarted_SealsItFirst()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        await Server.RestartAsync();

        var result = await DeadAsync(["drop", letter, .. Because]);

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Error, Does.Contain("its append-only file was rewritten before our first write"));
    }

    [Test]
    public async Task Run_AfterResolutions_HasTheDigestOfTheLettersAlone()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        var before = await RunAsync();
        await DeadAsync(["drop", letter, .. Because]);

        var after = await RunAsync();

        Assert.That(after.Digests[StreamNames.DeadLetters], Is.EqualTo(before.Digests[StreamNames.DeadLetters]));
        Assert.That(
            after.Entries[StreamNames.DeadLetters], Is.EqualTo(before.Entries[StreamNames.DeadLetters] + 1));
    }

    private string[] Through(TcpProxy proxy, string[] arguments) =>
    [
        "dead", .. arguments, "--redis", proxy.Endpoint, "--set", "Redis:Mode=External", "--data", Files["data"],
    ];
}

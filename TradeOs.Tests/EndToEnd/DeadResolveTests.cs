using System.Text.Json;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary><c>dead requeue</c> and <c>dead drop</c>: each letter once, whatever happens meanwhile.</summary>
[TestFixture]
public sealed class DeadResolveTests : DeadLetterFixture
{
    private static readonly string[] Because = ["--reason", "mended by hand"];

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
        [
            "dead", "requeue", letter, "--set", "price=1", .. Because, "--redis", proxy.Endpoint,
            "--set", "Redis:Mode=External", "--data", Files["data"],
        ]);

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

    [Test]
    public async Task Requeue_OfSeveral_DoesWhatItCanAndSaysTheRest()
    {
        var first = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        var second = await LetterAsync(StreamNames.MarketData, "hello", "world");

        var result = await DeadAsync(["requeue", second, first, first, "--set", "price=1", .. Because]);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(result.Output, Does.StartWith($"{first} requeued as "));
        Assert.That(result.Error, Does.Contain(
            $"dead.letters/{second}: signal-engine could not decode it again: field 'at' is missing. Correct it with " +
            $"--set FIELD=VALUE, or: tradeos dead drop {second} --reason WHY"));
    }

    [Test]
    public async Task Requeue_OfAnEntryTheLetterCut_TakesItFromItsStreamOrIsRefused()
    {
        var note = new string('n', 6000);
        var letter = await LetterAsync(StreamNames.MarketData, [.. Tick.Split(' '), "note", note]);
        var gone = await LetterAsync(StreamNames.MarketData, [.. Tick.Split(' '), "note", note]);
        var shown = JsonDocument.Parse((await DeadAsync("show", gone, "--json")).Output).RootElement;
        await Server.CliAsync(
            "XDEL", StreamNames.MarketData, shown.GetProperty("letter").GetProperty("entry").GetString()!);

        var result = await DeadAsync(["requeue", letter, gone, "--set", "price=1", .. Because]);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(
            await NewestAsync(StreamNames.MarketData), Does.EndWith($"price 1 qty 1 side buy trade_id 7 note {note}"));
        Assert.That(result.Error, Does.Match(
            $"dead.letters/{gone}: it keeps 4096 of 6[0-9]+ bytes, and market_data.raw/[0-9-]+ is not in its stream " +
            "any more; expected the whole entry in one of the two. Have its writer send it again, then: tradeos dead"));
    }

    [Test]
    public async Task Requeue_OfWhatHasNoStream_IsRefusedWithTheNextMove()
    {
        const string sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        string[] strange = ["id", "1-0", "error", "e", "length", "1", "sha256", sha256, "raw", "x"];
        var row = await Server.CliAsync(
            ["XADD", StreamNames.DeadLetters, "*", "stage", "feed", "stream", "f.csv", .. strange]);
        var stage = await Server.CliAsync(
            ["XADD", StreamNames.DeadLetters, "*", "stage", "execution", "stream", "fills", .. strange]);

        var result = await DeadAsync(["requeue", row, stage, "1-1", .. Because]);
        var drop = await DeadAsync(["drop", row, stage, .. Because]);

        Assert.That((result.ExitCode, drop.ExitCode), Is.EqualTo((1, 0)), drop.ToString());
        Assert.That(result.Error, Does.Contain(
            $"dead.letters/{row}: is line 1-0 of f.csv, a row of a feed, expected an entry of a stream. Write the " +
            $"row, mended, into a file of its own and feed that, then: tradeos dead drop {row} --reason WHY"));
        Assert.That(result.Error, Does.Contain($"dead.letters/{stage}: names stage 'execution' and stream 'fills', " +
            "expected a stage and the stream it reads."));
        Assert.That(result.Error, Does.Contain("dead.letters/1-1: no such entry among the "));
    }

    [Test]
    public async Task Drop_OnAServerThatWouldLoseDataOrIsNotOurs_IsRefusedAndWritesNothing()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        var before = await NewestAsync(StreamNames.DeadLetters);

        await Server.CliAsync("CONFIG", "SET", "appendfsync", "everysec");
        var lossy = await DeadAsync(["drop", letter, .. Because]);
        await Server.CliAsync("CONFIG", "SET", "appendfsync", "always");
        var foreign = await TradeOsProcess.RunAsync(
        [
            "dead", "drop", letter, .. Because, "--redis", Server.Endpoint, "--set", "Redis:Mode=External",
            "--data", Files["other"],
        ]);

        Assert.That((lossy.ExitCode, foreign.ExitCode), Is.EqualTo((3, 3)), lossy.ToString());
        Assert.That(lossy.Error, Does.Contain("appendfsync is \"everysec\", expected always"));
        Assert.That(foreign.Error, Does.Contain("instance.json is absent; expected the same in both").And
            .Contain("--data DIR"));
        Assert.That(await NewestAsync(StreamNames.DeadLetters), Is.EqualTo(before));
        Assert.That(File.Exists(Path.Combine(Files["other"], "instance.json")), Is.False);
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
}

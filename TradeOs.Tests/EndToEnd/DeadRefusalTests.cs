using System.Text.Json;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>What <c>dead requeue</c> and <c>dead drop</c> will not do, and what they say then.</summary>
[TestFixture]
public sealed class DeadRefusalTests : DeadLetterFixture
{
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
        string[] strange = ["id", "1-0", "error", "e", "length", "1", "sha256", Sha256OfX, "raw", "x"];
        var row = await Server.CliAsync(
            ["XADD", StreamNames.DeadLetters, "*", "stage", "feed", "stream", "f.csv", .. strange]);
        var stage = await Server.CliAsync(
            ["XADD", StreamNames.DeadLetters, "*", "stage", "execution", "stream", "fills", .. strange]);

        var bytes = await Server.CliAsync(
            ["XADD", StreamNames.DeadLetters, "*", "stage", "execution", "stream", "trade.approved", .. strange]);

        var result = await DeadAsync(["requeue", row, stage, bytes, "1-1", .. Because]);
        var drop = await DeadAsync(["drop", row, stage, .. Because]);

        Assert.That((result.ExitCode, drop.ExitCode), Is.EqualTo((1, 0)), drop.ToString());
        Assert.That(result.Error, Does.Contain(
            $"dead.letters/{row}: is line 1-0 of f.csv, a row of a feed, expected an entry of a stream. Write the " +
            $"row, mended, into a file of its own and feed that, then: tradeos dead drop {row} --reason WHY"));
        Assert.That(result.Error, Does.Contain($"dead.letters/{stage}: names stage 'execution' and stream 'fills', " +
            "expected a stage and the stream it reads."));
        Assert.That(result.Error, Does.Contain("dead.letters/1-1: no such entry among the "));
        Assert.That(result.Error, Does.Contain(
            $"dead.letters/{bytes}: the 1 bytes it keeps are no entry, and trade.approved/1-0 is not in its stream"));
    }

    [Test]
    public async Task Requeue_OfACutEntryWhoseStreamHoldsAnotherNow_IsRefused()
    {
        var other = await Server.CliAsync("XADD", StreamNames.MarketData, "*", "hello", "world");
        await RunAsync();
        var letter = await Server.CliAsync(
            "XADD", StreamNames.DeadLetters, "*", "stage", "signal-engine", "stream", StreamNames.MarketData,
            "id", other, "error", "e", "length", "5000", "sha256", Sha256OfX, "raw", new string('x', 4096));

        var result = await DeadAsync(["requeue", letter, .. Because]);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Error, Does.Contain(
            $"it keeps 4096 of 5000 bytes, and market_data.raw/{other} is not the entry with its sha256; expected"));
    }

    [Test]
    public async Task Requeue_OfAnEntryOfTooManyFields_IsRefused()
    {
        var more = Enumerable.Range(0, 1000).SelectMany(number => new[] { $"f{number}", "x" });
        var letter = await LetterAsync(StreamNames.MarketData, [.. Tick.Split(' '), .. more]);

        var result = await DeadAsync(["requeue", letter, "--set", "price=1", .. Because]);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Error, Does.Contain($"dead.letters/{letter}: has 1008 fields, expected 1 to 1000. Have"));
    }

    [Test]
    public async Task Requeue_ByAUserWhoMayNotAppend_IsRefusedNamingTheStream()
    {
        var letter = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        await Server.CliAsync("ACL", "SETUSER", "default", "-xadd");

        var result = await DeadAsync(["requeue", letter, "--set", "price=1", .. Because]);
        await Server.CliAsync("ACL", "SETUSER", "default", "+xadd");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Error, Does.Contain(
            $"dead.letters/{letter}: this user may not XADD to dead.letters. Nothing was written; tradeos doctor"));
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
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary><c>dead list</c> and <c>dead show</c>, as people and programs read them.</summary>
[TestFixture]
public sealed class DeadLookTests : DeadLetterFixture
{
    private string _tick = "";
    private string _signal = "";
    private string _row = "";

    [OneTimeSetUp]
    public async Task WriteLettersAsync()
    {
        _tick = await LetterAsync(StreamNames.MarketData, Tick.Split(' '));
        _signal = await LetterAsync(
            StreamNames.SignalsRaw, "at", "\u001b[31mred\u0007", "x", new string('y', 6000));
        var file = Files["BTCUSDT-trades-2024-08-08.csv"];
        await File.WriteAllTextAsync(
            file, "1,61837.6,0.1,6183.7,1723161255342,True,True\n2,-1,1,1,1723161255342,True,True\n");
        Assert.That((await RunAsync("binance-trades:" + file)).ExitCode, Is.Zero);
        _row = await LetterOfAsync("BTCUSDT-trades-2024-08-08.csv");
        await DeadAsync("drop", _tick, "--reason", "the writer is mended");
    }

    [Test]
    public async Task List_InAPipe_IsALineForEachOpenLetterAndASummary()
    {
        var result = await DeadAsync("list");

        var lines = result.Output.Split('\n');
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(lines[0], Does.Match(
            $"^{_signal}\t20..-..-.. ..:..:..Z\tsignal-qualifier\tsignals.raw/[0-9-]+\t60[0-9]+\topen\tfield 'at' "));
        Assert.That(lines[1], Does.StartWith(_row + "\t").And.Contains("\tfeed\tBTCUSDT-trades-2024-08-08.csv/2\t"));
        Assert.That(lines[2], Is.EqualTo("2 open, 0 requeued, 1 dropped."));
        Assert.That(lines[3], Does.Contain("when a letter was written"));
        Assert.That(result.Output, Does.Not.Contain("\u001b").And.Not.Contain("\u0007"), "nothing moves the cursor");
    }

    [Test]
    public async Task List_OfLess_SaysWhatItLeavesOut()
    {
        var all = await DeadAsync("list", "--all");
        var one = await DeadAsync("list", "--all", "-n", "1");
        var stage = await DeadAsync("list", "--stage", "feed");
        var stream = await DeadAsync("list", "--stream", "signals.raw");

        Assert.That(all.Output, Does.Contain(_tick).And.Contain("\tdropped\t"));
        Assert.That(one.Output, Does.StartWith(_row).And.Contain("2 older ones are not shown: -n 3 shows all."));
        Assert.That(stage.Output, Does.StartWith(_row).And.Contain("1 open, 0 requeued, 1 dropped."));
        Assert.That(stream.Output, Does.StartWith(_signal).And.Contain("1 open,"));
    }

    [Test]
    public async Task List_Json_IsOneObject()
    {
        var json = JsonDocument.Parse((await DeadAsync("list", "--all", "--json")).Output).RootElement;

        var letters = json.GetProperty("letters").EnumerateArray().ToList();
        Assert.That(json.GetProperty("open").GetInt64(), Is.EqualTo(2));
        Assert.That(letters.Select(letter => letter.GetProperty("id").GetString()),
            Is.EqualTo(new[] { _tick, _signal, _row }));
        Assert.That(
            letters[0].GetProperty("resolution").GetProperty("reason").GetString(), Is.EqualTo("the writer is mended"));
        Assert.That(letters[1].GetProperty("resolution").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task List_WhenOlderOnesWereTrimmedOrAreNotOurs_SaysSo()
    {
        await using var server = await RedisServerProcess.StartAsync();
        for (var number = 0; number < 3; number++)
            await server.CliAsync("XADD", StreamNames.DeadLetters, "*", "hello", "world");
        await server.CliAsync("XTRIM", StreamNames.DeadLetters, "MAXLEN", "=", "1");

        var result = await TradeOsProcess.RunAsync("dead", "list", "--redis", server.Endpoint);

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain("0 open, 0 requeued, 0 dropped."));
        Assert.That(result.Output, Does.Contain("2 entries older than these have been trimmed away."));
        Assert.That(result.Output, Does.Contain("1 entries are no letter and no resolution"));
    }

    [Test]
    public async Task List_OfAKeyThatIsNoStream_SaysSo()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.CliAsync("SET", StreamNames.DeadLetters, "x");

        var result = await TradeOsProcess.RunAsync("dead", "list", "--redis", server.Endpoint);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Error, Does.Contain("dead.letters is a string, expected a stream. Somebody overwrote it"));
    }

    [Test]
    public async Task Status_WithMoreLettersThanItLooksAt_SaysAtLeast()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.CliAsync(
            "EVAL",
            "for i = 1, 1001 do redis.call('XADD', 'dead.letters', '*', 'stage', 'feed', 'stream', 'f', 'id', i, " +
            $"'error', 'e', 'length', 1, 'sha256', '{Sha256OfX}', 'raw', 'x') end", "0");

        var result = await TradeOsProcess.RunAsync("status", "--redis", server.Endpoint);

        Assert.That(result.Output, Does.Contain("Dead letters open: at least 1,000   (tradeos dead list)"));
    }

    [Test]
    public async Task Show_ALetterKeptWhole_ShowsItsFieldsAndTheNextMove()
    {
        var open = await DeadAsync("show", _row);
        var dropped = await DeadAsync("show", _tick);

        Assert.That((open.ExitCode, dropped.ExitCode), Is.EqualTo((0, 0)), open.ToString());
        Assert.That(open.Output, Does.Contain("row       BTCUSDT-trades-2024-08-08.csv line 2\n"));
        Assert.That(open.Output, Does.Contain("  2,-1,1,1,1723161255342,True,True\n").And.Contain("state     open"));
        Assert.That(open.Output, Does.Contain("Next: is line 2 of BTCUSDT-trades-2024-08-08.csv, a row of a feed"));
        Assert.That(dropped.Output, Does.Match("entry     market_data.raw/[0-9-]+, still in its stream"));
        Assert.That(dropped.Output, Does.Contain("  price=-1\n").And.Contain("bytes     101, all kept"));
        Assert.That(dropped.Output, Does.Match("state     dropped on .*Z by [0-9-]+: the writer is mended"));
        Assert.That(dropped.Output, Does.Not.Contain("Next:"));
    }

    [Test]
    public async Task Show_ALetterOfControlMarks_ShowsThemWithoutObeyingThem()
    {
        var result = await DeadAsync("show", _signal);

        Assert.That(result.Output, Does.Contain("the first 4,096 kept").And.Contain("0000  24 32 0d 0a 61 74"));
        Assert.That(result.Output, Does.Contain($"Next: tradeos dead requeue {_signal} --set at=VALUE --reason WHY"));
        Assert.That(result.Output.Where(mark => char.IsControl(mark) && mark != '\n'), Is.Empty);
    }

    [Test]
    public async Task Show_Raw_IsExactlyTheBytes()
    {
        var row = await BytesAsync("show", _row, "--raw");
        var signal = await BytesAsync("show", _signal, "--raw");

        Assert.That(Encoding.ASCII.GetString(row), Is.EqualTo("2,-1,1,1,1723161255342,True,True"));
        var json = JsonDocument.Parse((await DeadAsync("show", _signal, "--json")).Output).RootElement;
        var letter = json.GetProperty("letter");
        Assert.That(signal, Has.Length.EqualTo(letter.GetProperty("length").GetInt32()), "the rest is in the stream");
        Assert.That(
            Convert.ToHexStringLower(SHA256.HashData(signal)), Is.EqualTo(letter.GetProperty("sha256").GetString()));
        Assert.That(
            Convert.FromBase64String(json.GetProperty("base64").GetString()!),
            Is.EqualTo(signal.AsSpan(0, 4096).ToArray()));
        Assert.That(json.GetProperty("original").GetString(), Is.EqualTo("there"));
    }

    [Test]
    public async Task Show_RawOfWhatIsGone_WritesWhatIsKeptAndSaysSo()
    {
        var entry = await Server.CliAsync("XADD", StreamNames.SignalsRaw, "*", "x", new string('z', 5000));
        await RunAsync();
        await Server.CliAsync("XDEL", StreamNames.SignalsRaw, entry);
        var letter = await LetterOfAsync(entry);

        var raw = await DeadAsync("show", letter, "--raw");
        var shown = await DeadAsync("show", letter);
        await DeadAsync("drop", letter, "--reason", "x");
        await Server.CliAsync("XDEL", StreamNames.DeadLetters, letter);

        Assert.That(raw.ExitCode, Is.EqualTo(1), raw.ToString());
        Assert.That(raw.Output, Has.Length.EqualTo(4096));
        Assert.That(raw.Error, Does.Contain("these are the first 4096 of 5003 bytes, expected all"));
        Assert.That(shown.Output, Does.Contain("no longer in its stream").And.Contain("Next: the rest of it is gone."));
    }

    [Test]
    public async Task Show_ALetterWithoutADigest_SaysWhy()
    {
        var letter = await Server.CliAsync(
            "XADD", StreamNames.DeadLetters, "*", "stage", "signal-engine", "stream", StreamNames.MarketData,
            "id", "1-0", "error", "e", "length", "5000", "sha256", "", "raw", new string('x', 4096));

        var result = await DeadAsync("show", letter);
        await Server.CliAsync("XDEL", StreamNames.DeadLetters, letter);

        Assert.That(result.Output, Does.Contain("sha-256   unknown: it was too large to be read whole"));
        Assert.That(result.Output, Does.Contain("no longer in its stream").And.Contain("Next: the rest of it is"));
    }

    [Test]
    public async Task Show_WhatIsNoLetter_SaysWhatItIs()
    {
        var resolution = (await Server.CliAsync("XREVRANGE", StreamNames.DeadLetters, "+", "-")).Split('\n')
            .TakeWhile(line => line != "resolves").Last();
        var strange = await Server.CliAsync("XADD", StreamNames.DeadLetters, "*", "hello", "world");

        var none = await DeadAsync("show", "1-1");
        var note = await DeadAsync("show", resolution);
        var other = await DeadAsync("show", strange);
        await Server.CliAsync("XDEL", StreamNames.DeadLetters, strange);

        Assert.That((none.ExitCode, note.ExitCode, other.ExitCode), Is.EqualTo((1, 1, 1)));
        Assert.That(
            none.Error, Does.Contain("dead.letters/1-1: no such entry among the ").And.Contain("dead list --all"));
        Assert.That(note.Error, Does.Contain($"{resolution}: is the resolution of letter "));
        Assert.That(
            other.Error, Does.Contain($"{strange}: is no dead letter as a stage writes it, expected the fields"));
    }

    [Test]
    public async Task Status_WithOpenLetters_CountsThem()
    {
        var people = await TradeOsProcess.RunAsync(["status", .. Where]);
        var json = await TradeOsProcess.RunAsync(["status", "--json", .. Where]);

        Assert.That(people.Output, Does.Contain("Dead letters open: 2   (tradeos dead list)"), people.ToString());
        Assert.That(JsonDocument.Parse(json.Output).RootElement.GetProperty("dead_letters").GetProperty("open")
            .GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task List_WhenAManagedServerDoesNotRun_SaysHowToHaveIt()
    {
        var endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}";

        var result = await TradeOsProcess.RunAsync("dead", "list", "--redis", endpoint, "--data", Files["none"]);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain($"Redis at {endpoint} cannot be reached"));
        Assert.That(result.Error, Does.Contain("tradeos run --feed none --until-idle --keep-redis"));
    }

    [TestCase("dead list --stage foo", "--stage is \"foo\", expected one of feed, signal-engine, ")]
    [TestCase("dead list -n 0", "-n expects a whole number from 1 to 100000.")]
    [TestCase("dead show nonsense", "'nonsense' is no id of a letter, expected one such as 1732-0")]
    [TestCase("dead requeue 1-1", "Option '--reason' is required.")]
    [TestCase("dead drop --reason x", "Required argument 'LETTER' missing")]
    [TestCase("dead drop 1-1 --reason \u0007", "--reason expects 1 to 200 characters a terminal can show.")]
    [TestCase("dead requeue 1-1 --reason x --set Price=1", "--set Price=1: expected FIELD=VALUE with a field of")]
    [TestCase("dead requeue 1-1 --reason x --set price", "--set price: expected FIELD=VALUE with a field of the entry")]
    [TestCase("dead requeue 1-1 --reason x --bus memory", "'--bus' is no option of this verb")]
    public async Task Dead_WrongArguments_AreSaidAndExitTwo(string arguments, string message)
    {
        var result = await TradeOsProcess.RunAsync(arguments.Split(' '));

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain(message));
    }
}

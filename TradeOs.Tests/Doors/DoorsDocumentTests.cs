using System.Diagnostics;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Bus;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>What docs/DOORS.md says is what the program does: its examples are sent as they stand there.</summary>
[TestFixture]
public sealed class DoorsDocumentTests : RedisFixture
{
    private static IEnumerable<TestCaseData> Rows => DoorsDocument.WrongEntries.Select(row =>
        new TestCaseData(row.Door, row.Changes, row.Answer, row.Reads).SetArgDisplayNames(
            row.Door, string.Join(" then ", row.Changes)));

    private static IEnumerable<string> Pythons => DoorsDocument.Blocks("python");

    [Test]
    public async Task Examples_ForRedisCli_AreGoodEntriesThatReachTheEnd()
    {
        foreach (var addition in DoorsDocument.Additions)
        {
            var answer = await ShellAsync(addition);
            Assert.That(EntryId.TryParse(System.Text.Encoding.ASCII.GetBytes(answer.Trim()), out _), Is.True, answer);
        }

        var run = await PipelineAsync();

        Assert.That(DoorsDocument.Additions, Has.Count.EqualTo(5));
        Assert.That((run.DeadLetters, run.Rejections), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));
        Assert.That(await Server.CliAsync("XLEN", StreamNames.Metrics), Is.EqualTo("1"), "bought and sold");
    }

    [TestCaseSource(nameof(Pythons))]
    public async Task Examples_ForPython_AddTheFieldsOfTheOnesForRedisCli(string program)
    {
        var stream = program.Contains(StreamNames.SignalsRaw) ? StreamNames.SignalsRaw : StreamNames.MarketData;
        var fields = DoorsDocument.FieldsIn(program);
        var command = DoorsDocument.Additions.First(line => line.Contains(stream, StringComparison.Ordinal));

        if (program.Contains("import redis", StringComparison.Ordinal) || !await RunsPythonAsync(program))
        {
            var entry = new OutsideEntry();
            foreach (var (name, value) in fields) entry.Add(name, value);
            await StageRun.AddAsync(Server, stream, [entry]);
        }

        var run = await PipelineAsync();
        using var bus = NewHost();
        var added = await bus.RangeAsync(stream, EntryId.Zero, 10, Cancel);
        Assert.That(added, Has.Count.EqualTo(1));
        Assert.That(
            command, Does.EndWith("'*' " + added[0].Fields.ToString().Replace('=', ' ')), "the same example");
        Assert.That((run.DeadLetters, run.Rejections), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));
    }

    [TestCaseSource(nameof(Rows))]
    public async Task WrongEntry_Sent_IsAnsweredAsTheTableSays(
        string door, string[] changes, string answer, string reads)
    {
        await StageRun.AddAsync(Server, door, [Example(door, 0)]);
        var sent = changes.Select(change => DoorsDocument.Change(Example(door, 1), change)).ToArray();
        var ids = await StageRun.AddAsync(Server, door, [.. sent, Example(door, 2)]);

        var run = await PipelineAsync();

        var last = run.DeadLetters.Where(letter => letter.StartsWith(ids[^2], StringComparison.Ordinal));
        Assert.That(
            last, Is.EqualTo(answer == "dead letter" ? [$"{ids[^2]} {reads}"] : Array.Empty<string>()));
        if (changes.Length == 1) Assert.That(run.DeadLetters, Is.EqualTo(last), "and nothing else is one");
        Assert.That(run.Rejections, Is.EqualTo(answer == "rejection" ? [reads] : Array.Empty<string>()));
        using var bus = NewHost();
        var reader = Topology.ReadersOf(door)[0];
        Assert.That((await bus.InspectReaderAsync(reader, Cancel))!.Count, Is.EqualTo(changes.Length + 2));
    }

    [Test]
    public void Table_OfWrongEntries_IsThere() =>
        Assert.That(DoorsDocument.WrongEntries, Has.Count.GreaterThan(30));

    [TestCase("trade")]
    [TestCase("bar")]
    [TestCase("quote")]
    [TestCase("")]
    public async Task Fields_OfTheTables_AreThoseTheStageAsksFor(string kind)
    {
        var (stage, fields) = kind.Length == 0
            ? ("signal-qualifier", DoorsDocument.FieldsOf(StreamNames.SignalsRaw))
            : ("signal-engine",
                [
                    .. DoorsDocument.FieldsOf($"{StreamNames.MarketData}: every entry"),
                    .. DoorsDocument.FieldsOf($"{StreamNames.MarketData}: {kind}"),
                ]);
        string[] all = [.. fields.Select(field => $"{field.Name}={(field.Name == "kind" ? kind : field.Example)}")];

        var whole = await new StageBench(stage).ShowAsync(string.Join(' ', all));

        Assert.That(whole.Where(IsDead), Is.Empty);
        foreach (var (name, isRequired, _) in fields)
        {
            var without = all.Where(field => !field.StartsWith(name + "=", StringComparison.Ordinal));
            var written = await new StageBench(stage).ShowAsync(string.Join(' ', without));
            var error = written.Where(IsDead).Select(letter => TestText.Of(letter, "error"));
            // Without a kind nobody knows which fields to ask for.
            Assert.That(error, Is.EqualTo(isRequired ? [$"field '{name}' is missing"] : Array.Empty<string>()));
        }
    }

    /// <summary>The example of the page for that door, so many minutes later.</summary>
    private static OutsideEntry Example(string door, int minutes)
    {
        var example = DoorsDocument.Additions.First(line => line.Contains(door, StringComparison.Ordinal));
        var words = example.Split(' ')[4..];
        var entry = new OutsideEntry();
        foreach (var pair in words.Chunk(2)) entry.Add(pair[0], pair[1]);
        entry.Set("at", $"2024-08-08T12:0{minutes}:00Z");
        if (door == StreamNames.SignalsRaw) entry.Set("symbol", ((string[])["BTCUSDT", "ETHUSDT", "SOLUSDT"])[minutes]);
        return entry;
    }

    private static bool IsDead(Entry entry) => entry.Fields.TryGet("error"u8, out _);

    private async Task<(string[] DeadLetters, string[] Rejections)> PipelineAsync()
    {
        foreach (var stage in Topology.Stages) await StageRun.RestAsync(NewHost(), stage.Input!, new StageOptions());
        using var bus = NewHost();
        var dead = await bus.RangeAsync(StreamNames.DeadLetters, EntryId.Zero, 1000, Cancel);
        var rejected = await bus.RangeAsync(StreamNames.Rejected, EntryId.Zero, 1000, Cancel);
        return (
            [.. dead.Select(letter => $"{TestText.Of(letter, "id")} {TestText.Of(letter, "error")}")],
            [.. rejected.Select(entry => $"{TestText.Of(entry, "stage")} {TestText.Of(entry, "code")}")]);
    }

    /// <summary>Runs a line of the page as it stands there, against this test's server.</summary>
    private Task<string> ShellAsync(string line) =>
        RunAsync("bash", "-c", $"redis-cli() {{ command redis-cli -p {Server.Port} \"$@\"; }}\n{line}");

    /// <summary>Whether python3 is there; then it ran the program against this test's server.</summary>
    private async Task<bool> RunsPythonAsync(string program)
    {
        try
        {
            var answer = await RunAsync("python3", "-c", program.Replace("6379", $"{Server.Port}"));
            Assert.That(answer.Trim(), Does.Match("^[0-9]+-[0-9]+$"));
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            await TestContext.Out.WriteLineAsync("There is no python3 here: its fields are sent by the test itself.");
            return false;
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That((process.ExitCode, error), Is.EqualTo((0, "")), output);
        return output;
    }
}

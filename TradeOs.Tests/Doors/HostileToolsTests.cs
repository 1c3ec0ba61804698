using System.Text;
using NUnit.Framework;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Doors;

/// <summary>Streams no stage reads are read by people: whatever is in them, the tools survive and no terminal is moved,
/// coloured or cleared by it.</summary>
[TestFixture]
public sealed class HostileToolsTests
{
    private static readonly string[] Unread = [StreamNames.Metrics, StreamNames.Rejected, StreamNames.DeadLetters];

    [TestCase(StreamNames.Metrics)]
    [TestCase(StreamNames.Rejected)]
    [TestCase(StreamNames.DeadLetters)]
    [TestCase(StreamNames.MarketData)]
    public async Task Tools_OnHostileEntries_SurviveAndPrintSafely(string stream)
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        string[] where = ["--redis", redis.Endpoint, "--data", data.Path, "--set", "Redis:Mode=External"];
        await StageRun.AddAsync(redis, stream, [.. Hostile(stream)]);

        var run = await TradeOsProcess.RunAsync(["run", "--adopt", "--feed", "none", "--until-idle", .. where]);
        var tail = await TradeOsProcess.RunAsync(["tail", stream, "-n", "1000", .. where]);
        var json = await TradeOsProcess.RunAsync(["tail", stream, "-n", "1000", "--json", .. where]);
        var status = await TradeOsProcess.RunAsync(["status", .. where]);
        var doctor = await TradeOsProcess.RunAsync(["doctor", .. where]);

        Assert.That(run.ExitCode, Is.Zero, Shown(run));
        Assert.That((tail.ExitCode, json.ExitCode), Is.EqualTo((0, 0)), Shown(tail));
        Assert.That(status.ExitCode, Is.EqualTo(1), "no host runs, and that is all");
        Assert.That(doctor.ExitCode, Is.Zero, Shown(doctor));
        var count = Hostile(stream).Count();
        Assert.That(tail.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(count));
        Assert.That(json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(count));
        Assert.That(tail.Output, Has.Length.LessThan(100_000), "people are shown the beginning");
        foreach (var result in (TradeOsResult[])[run, tail, json, status, doctor])
            Assert.That(ControlCharacters(result.Output + result.Error), Is.Empty);
    }

    [Test]
    public async Task Tail_OfAnEntryWithControlCharacters_WritesThemOut()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        await StageRun.AddAsync(
            redis, StreamNames.Fills, [OutsideEntry.Of("a=1").Add("n\u001bame", "x\n\u001b[2Jy\u202ez[red]")]);

        var tail = await TradeOsProcess.RunAsync("tail", StreamNames.Fills, "--redis", redis.Endpoint);

        Assert.That(
            tail.Output, Does.Contain("a=1 n\\u{1b}ame=x\\u{a}\\u{1b}[2Jy\\u{202e}z[red]"), tail.ToString());
    }

    [Test]
    public async Task Tools_OnAGroupNamedByAStranger_WriteItsControlCharactersOut()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        await redis.CliAsync("XGROUP", "CREATE", StreamNames.Fills, "g\u001b[2J", "0", "MKSTREAM");

        var doctor = await TradeOsProcess.RunAsync("doctor", "--redis", redis.Endpoint);
        var status = await TradeOsProcess.RunAsync("status", "--redis", redis.Endpoint);

        Assert.That(doctor.Output, Does.Contain("fills is \"group g\\u{1b}[2J\""), Shown(doctor));
        foreach (var result in (TradeOsResult[])[doctor, status])
            Assert.That(ControlCharacters(result.Output + result.Error), Is.Empty);
    }

    [Test]
    public async Task Run_OnAFileNamedByAStranger_WritesItsControlCharactersOut()
    {
        var run = await TradeOsProcess.RunAsync("run", "--bus", "memory", "--until-idle", "--feed", "./e\u001b[2J.csv");

        Assert.That(run.ExitCode, Is.EqualTo(2), Shown(run));
        Assert.That(run.Error, Does.Contain("./e\\u{1b}[2J.csv: does not exist"));
        Assert.That(ControlCharacters(run.Error), Is.Empty);
    }

    [Test]
    public async Task Summary_OfHostileMetricsAndRejections_ShowsThemAsText()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        using var data = new TemporaryDirectory();
        await StageRun.AddAsync(
            redis, StreamNames.Rejected, [OutsideEntry.Of("stage=[red] code=[/]").Add("detail", "\u001b[2J")]);
        await StageRun.AddAsync(redis, StreamNames.Metrics, [OutsideEntry.Of("[b]=1").Add("\u001b[2J", "[/] \u0007")]);

        var run = await TradeOsProcess.RunAsync(
            "run", "--adopt", "--feed", "none", "--until-idle", "--redis", redis.Endpoint, "--data", data.Path, "--set",
            "Redis:Mode=External");

        Assert.That(run.ExitCode, Is.Zero, Shown(run));
        Assert.That(run.Output, Does.Contain("[red]").And.Contain("\\u{1b}[2J").And.Contain("[/] \\u{7}"));
    }

    private static IEnumerable<OutsideEntry> Hostile(string stream)
    {
        var hostile = stream == StreamNames.MarketData
            ? HostileEntries.Of(stream)
            : [.. HostileEntries.Sizes(), .. HostileEntries.Names().Take(1)];
        foreach (var one in hostile)
        {
            var entry = GoodEntries.Of(Unread.Contains(stream) ? StreamNames.Fills : stream, 1);
            one.Spoil(entry);
            yield return entry;
        }

        yield return OutsideEntry.Of("[red]=[/] stage=\u001b[31m code=a\nb").Add([0xff, 0x1b, 0x9b], [0, 0xfe, 7]);
    }

    private static string ControlCharacters(string text)
    {
        var found = new StringBuilder();
        foreach (var mark in text.Where(mark => mark == '\u202e' || (char.IsControl(mark) && mark is not '\n')))
            found.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(int)mark:x2} ");
        return found.ToString();
    }

    private static string Shown(TradeOsResult result) => result.ToString()[..Math.Min(3000, result.ToString().Length)];
}

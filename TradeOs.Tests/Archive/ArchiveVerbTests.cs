using System.Text;
using System.Text.Json;
using CsvHelper;
using NUnit.Framework;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Archive;

/// <summary>What an operator types, on the archive that one run left.</summary>
[TestFixture]
public sealed class ArchiveVerbTests
{
    private const string Stream = StreamNames.MarketData;
    private const string Doors = StreamNames.ControlLog;

    private readonly TemporaryDirectory _data = new();
    private RedisServerProcess _redis = null!;
    private TradeOsResult _run = null!;

    [OneTimeSetUp]
    public async Task RunOnceAsync()
    {
        _redis = await RedisServerProcess.StartAsync();
        await TradeOsProcess.RunAsync(ArchiveRun.Arguments(_redis, _data, "none"));
        string[][] odd =
        [
            ["stage", "x", "mode", "a,\"b\"\r\nc"], ["stage", "1", "stage", "2"], ["other", ""], ["stage", "\xff\n"],
        ];
        foreach (var fields in odd) await _redis.CliAsync(["XADD", Doors, "*", .. fields]);
        _run = await TradeOsProcess.RunAsync(ArchiveRun.Arguments(_redis, _data, ArchiveRun.Feed));
        Assert.That(_run.ExitCode, Is.Zero, _run.ToString());
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _redis.DisposeAsync();
        _data.Dispose();
    }

    [Test]
    public async Task Status_OfAWholeArchive_CountsEverything()
    {
        var status = await VerbAsync("archive", "status");
        var json = await VerbAsync("archive", "status", "--json");

        Assert.That(status.ExitCode, Is.Zero, status.ToString());
        var line = JsonDocument.Parse(json.Output).RootElement.GetProperty("streams").GetProperty(Stream);
        Assert.That(line.GetProperty("entries").GetInt64(), Is.EqualTo(ArchiveRun.Rows));
        Assert.That(line.GetProperty("lag").GetInt64(), Is.Zero);
        Assert.That(line.GetProperty("segments").GetInt64(), Is.GreaterThan(1));
        Assert.That(status.Output, Does.Match($"{Stream} .*12,000"));
    }

    [Test]
    public async Task Status_WithoutRedis_TellsWhatTheFilesSayAndExitsTwo()
    {
        var away = await TradeOsProcess.RunAsync(["archive", "status", .. Away(), "--json"]);

        Assert.That(away.ExitCode, Is.EqualTo(2), away.ToString());
        var line = JsonDocument.Parse(away.Output).RootElement.GetProperty("streams").GetProperty(Stream);
        Assert.That(line.GetProperty("entries").GetInt64(), Is.EqualTo(ArchiveRun.Rows));
        Assert.That(line.GetProperty("lag").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Verify_OfAWholeArchive_ExitsZeroAndSaysWhatItCouldNotProve()
    {
        var asked = await VerbAsync("archive", "verify");
        var away = await TradeOsProcess.RunAsync(["archive", "verify", Stream, .. Away()]);

        Assert.That((asked.ExitCode, away.ExitCode), Is.EqualTo((0, 0)), $"{asked}{away}");
        Assert.That(asked.Output, Does.Match($"{Stream}: [0-9]+ sealed segments, 12,000 entries up to .*, as written"));
        Assert.That(asked.Output, Does.Not.Contain("not-proven"));
        Assert.That(away.Output, Does.Contain("not-proven").And.Contain("only Redis knows"));
        Assert.That(away.Error, Does.Contain("Redis was not asked:"));
    }

    [Test]
    public async Task Verify_ASegmentThatWasChanged_ExitsOneAndNamesIt()
    {
        var path = Directory.GetFiles(_data["archive", Stream], "*.ndjson.gz").Order(StringComparer.Ordinal).First();
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, [.. whole[..^1], (byte)(whole[^1] ^ 1)]);

        var plain = await VerbAsync("archive", "verify", Stream);
        var json = await VerbAsync("archive", "verify", Stream, "--json");
        var other = await VerbAsync("archive", "verify", StreamNames.Fills);
        await File.WriteAllBytesAsync(path, whole);

        Assert.That((plain.ExitCode, json.ExitCode, other.ExitCode), Is.EqualTo((1, 1, 0)), plain.ToString());
        Assert.That(plain.Output, Does.Contain($"finding {Stream}/{Path.GetFileName(path)}: its SHA-256 is "));
        Assert.That(JsonDocument.Parse(json.Output).RootElement.GetProperty("clean").GetBoolean(), Is.False);
    }

    [Test]
    public async Task Verify_WhereNothingIs_ExitsTwo()
    {
        using var empty = new TemporaryDirectory();

        var result = await TradeOsProcess.RunAsync(["archive", "verify", .. Away(empty)]);
        var unknown = await VerbAsync("archive", "verify", "nothing");

        Assert.That((result.ExitCode, unknown.ExitCode), Is.EqualTo((2, 2)), $"{result}{unknown}");
        Assert.That(result.Error, Does.Contain("There is no archive in"));
        Assert.That(unknown.Error, Does.Contain("'nothing' is not a stream, expected one of"));
    }

    [Test]
    public async Task Export_AsLines_IsEverythingInOrder()
    {
        var result = await VerbAsync("archive", "export", Stream);

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var ids = lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("_id").GetString()!).ToList();
        Assert.That(ids, Has.Count.EqualTo(ArchiveRun.Rows));
        Assert.That(ids.Select(TradeOs.Bus.EntryId.Parse), Is.Ordered);

        var part = await VerbAsync("archive", "export", Stream, "--from", ids[100], "--to", ids[6000]);
        Assert.That(part.Output, Is.EqualTo(string.Concat(lines[100..6001].Select(line => line + "\n"))));
        var none = await VerbAsync("archive", "export", Stream, "--to", "2001-01-01");
        Assert.That((none.ExitCode, none.Output), Is.EqualTo((0, "")));
    }

    [Test]
    public async Task Export_AsTable_IsReadBackByACsvReader()
    {
        var file = _data["fills.csv"];
        var result = await VerbAsync(
            "archive", "export", StreamNames.Fills, "--format", "csv", "--out", file, "--json");
        var rows = RowsOf(await File.ReadAllBytesAsync(file));
        var orders = rows.Skip(1).Select(row => row[4]).ToList();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(rows[0], Is.EqualTo(new[]
        {
            "id", "at", "trace", "cause", "order_id", "exec_id", "symbol", "strategy", "side", "qty", "price", "fee",
            "fee_asset", "_entry",
        }));
        Assert.That(orders, Is.EqualTo(Enumerable.Range(1, orders.Count).Select(number => $"paper-{number}")));
        Assert.That(orders, Has.Count.EqualTo(_run.Added[StreamNames.Fills]));
        var json = JsonDocument.Parse(result.Output).RootElement;
        Assert.That(json.GetProperty("entries").GetInt64(), Is.EqualTo(orders.Count));
        Assert.That(json.GetProperty("unfit").GetInt64(), Is.Zero);
    }

    [Test]
    public async Task Export_OfEntriesThatFitNoColumns_KeepsThemWhole()
    {
        var result = await VerbAsync("archive", "export", Doors, "--format", "csv");
        var rows = RowsOf(Encoding.UTF8.GetBytes(result.Output)).Skip(1).ToList();

        Assert.That(rows, Has.Count.EqualTo(4));
        Assert.That((rows[0][1], rows[0][2], rows[0][^1]), Is.EqualTo(("x", "a,\"b\"\r\nc", "")));
        Assert.That(rows[1][^1], Does.Contain("_resp"));
        Assert.That(rows[2][^1], Does.Contain("\"other\":\"\""));
        Assert.That(result.Error, Does.Contain("4 entries of control.log").And.Contain("whole in the column _entry"));
    }

    [Test]
    public async Task Export_WithoutRedis_AsksForTheOptionThatSaysSo()
    {
        var refused = await TradeOsProcess.RunAsync(["archive", "export", Stream, .. Away()]);
        var offline = await TradeOsProcess.RunAsync(["archive", "export", Stream, "--offline", .. Away()]);
        var contradiction = await VerbAsync("archive", "export", Stream, "--json");

        Assert.That((refused.ExitCode, offline.ExitCode, contradiction.ExitCode), Is.EqualTo((2, 0, 2)));
        Assert.That(refused.Error, Does.Contain($"tradeos archive export {Stream} --offline"));
        Assert.That(offline.Output.Count(character => character == '\n'), Is.EqualTo(ArchiveRun.Rows));
        Assert.That(contradiction.Error, Does.Contain("--out FILE"));
    }

    [Test]
    public async Task Tail_OfMoreThanTheStreamHolds_GoesBackIntoTheArchive()
    {
        var all = await VerbAsync("archive", "export", Stream);
        var result = await VerbAsync("tail", Stream, "-n", "5000");

        var ids = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]);
        var expected = all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^5000..]
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("_id").GetString());
        Assert.That(ids, Is.EqualTo(expected));
    }

    private static List<string[]> RowsOf(byte[] csv)
    {
        var rows = new List<string[]>();
        using var reader = CsvReader.Create(csv, new CsvReaderOptions { HasHeader = false, TrimWhitespace = false });
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }

    private Task<TradeOsResult> VerbAsync(params string[] words) =>
        TradeOsProcess.RunAsync([.. words, .. ArchiveRun.Where(_redis, _data)]);

    /// <summary>A Redis that is not there.</summary>
    private string[] Away(TemporaryDirectory? data = null) =>
    [
        "--redis", $"127.0.0.1:{RedisServerProcess.FreePort()}", "--set", "Redis:Mode=External",
        "--data", (data ?? _data).Path,
    ];
}

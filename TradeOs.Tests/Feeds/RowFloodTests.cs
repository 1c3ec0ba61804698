using System.Collections.Immutable;
using System.Text;
using NUnit.Framework;
using NUnit.Framework.Constraints;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>
/// 100,000 random rows over all formats, half of them nearly good: nothing crashes, and every row is accepted once or
/// refused once.
/// </summary>
public sealed class RowFloodTests
{
    private const int FileRows = 1000;
    private const int GoodRows = 12;

    private static readonly string[] Hostile =
    [
        "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "-1", "-0", "0", "+1", "1_000", "0x1F", "1e5",
        "99999999999999999999999999999999999999", "0.00000000000000000000000000000000001",
        "79228162514264337593543950335",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "100000000000000.1",
        "1000000000000.01", "",
        " ", "null", "true", "false", "unknown", "\"", "\"\"", "\"a", "a\"b", "\\", "\\u0000", "é", "日本",
        "\u0000", "\u0001",
        "\u001b[2J", "\u007f", "\u0085", "\u2028", "\uFEFF", "{", "}", "[1]", "{\"a\":1}", "=1+1", "'; DROP",
        "1,5", "1;5",
        "1723161255342", "1723161255342000", "99999999999999999", "2017-13-45", "0001-01-01", "9999-12-31",
        new('9', 300), new('x', 3000),
    ];

    private static readonly Dictionary<string, (string Header, Func<int, string> Row)> Formats = new()
    {
        ["binance-trades"] = ("", row => $"{row},61800.{row % 90},0.0{1 + (row % 9)},1.5,{Time(row)},{Flag(row)},True"),
        ["binance-aggtrades"] = (
            "",
            row => $"{row},61800.{row % 90},0.0{1 + (row % 9)},{row},{row},{Time(row)},{Flag(row)}"),
        ["binance-klines"] = ("", row => $"{Time(row)},10,12.{row % 90},9,11,7.5,{Time(row + 1)},80.1,42,3.5,40.2,0"),
        ["tardis-trades"] = (
            "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n",
            row => $"binance,S{row % 3},{Time(row)}000,1,{row},{(row % 2 == 0 ? "buy" : "sell")},61800.{row % 90},0.5"),
        ["tardis-quotes"] = (
            "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n",
            row => $"binance,S{row % 3},{Time(row)}000,1,0.5,61800.{10 + (row % 80)},61800.0{row % 9},7"),
        ["ohlcv"] = ("time,open,high,low,close,volume\n", row => $"{Time(row)},10,12.{row % 90},9,11,7.5"),
        ["ndjson"] = (
            "",
            row => $"{{\"at\":{Time(row)},\"symbol\":\"S\",\"kind\":\"trade\",\"price\":\"61800.{row % 90}\"," +
                $"\"qty\":0.5,\"side\":\"buy\",\"trade_id\":{row}}}"),
    };

    [Test]
    public async Task Rows_OfAnyKind_AreEachAcceptedOrRefused()
    {
        var random = new Random(Seed.Next());
        var total = 0;
        foreach (var (format, (header, row)) in Formats)
        {
            long accepted = 0;
            long refused = 0;
            for (var file = 0; file < 15; file++)
            {
                var lines = Lines(random, row);
                var counted = await FeedAsync(format, header + string.Join('\n', lines) + "\n");
                var rows = lines.Count(line => line.Trim(' ', '\t').Length > 0);
                Assert.That(counted.Miscount(rows), Is.Null, $"{format}, file {file}");
                (accepted, refused, total) = (accepted + counted.Events, refused + counted.Letters, total + rows);
            }

            await TestContext.Out.WriteLineAsync($"{format}: {accepted} accepted, {refused} refused");
            Assert.That(Math.Min(accepted, refused), Is.GreaterThan(1000), format);
        }

        Assert.That(total, Is.GreaterThan(100_000));
    }

    [Test]
    public async Task Rows_BeforeALineNobodyCanRead_AreEachAcceptedOrRefused()
    {
        byte[][] breaks = [[0xFF, 0xFE], [.. "7,\xC3"u8.ToArray().AsSpan(0, 2), 0xC3, 0x28], new byte[100_000]];
        breaks[2].AsSpan().Fill((byte)'7');
        var random = new Random(Seed.Next());
        foreach (var (format, (header, row)) in Formats)
        {
            foreach (var broken in breaks)
            {
                // Of lines of JSON, each stands for itself.
                var isLast = format != "ndjson";
                var lines = Lines(random, row);
                var before = Encoding.UTF8.GetBytes(header + string.Join('\n', lines) + "\n");
                var counted = await FeedAsync(format, [.. before, .. broken, .. "\n1,2,3\n"u8]);
                var rows = lines.Count(line => line.Trim(' ', '\t').Length > 0);
                var end = isLast ? Does.EndWith($"The {rows} rows before that are fed.") : (IResolveConstraint)Is.Null;
                Assert.That(counted.Failure, end, format);
                Assert.That(counted.Miscount(isLast ? rows : rows + 2), Is.Null, format);
            }
        }
    }

    [Test]
    public async Task Miscount_OfARowTooFewOrTooMany_IsSeen()
    {
        var lines = Lines(new Random(Seed.Next()), Formats["binance-trades"].Row);
        var rows = lines.Count(line => line.Trim(' ', '\t').Length > 0);
        var counted = await FeedAsync("binance-trades", string.Join('\n', lines));

        Assert.That(counted.Miscount(rows), Is.Null);
        Assert.That(counted.Miscount(rows + 1), Is.Not.Null, "a row that vanished");
        Assert.That(counted.Miscount(rows - 1), Is.Not.Null, "a row that was counted twice");
        Assert.That((counted with { Letters = counted.Letters - 1 }).Miscount(rows), Is.Not.Null, "a letter lost");
        Assert.That((counted with { Events = counted.Events + 1 }).Miscount(rows), Is.Not.Null, "an entry twice");
    }

    /// <summary>
    /// Good rows first, so that the file is of its format; then rows that are good, nearly good, or noise.
    /// </summary>
    private static ImmutableArray<string> Lines(Random random, Func<int, string> row) =>
    [
        .. Enumerable.Range(1, GoodRows).Select(row),
        .. Enumerable.Range(GoodRows + 1, FileRows - GoodRows).Select(number => random.Next(5) switch
        {
            0 => row(number),
            1 or 2 => WithHostileField(random, row(number)),
            3 => WithChange(random, row(number)),
            _ => Noise(random),
        }),
    ];

    private static string WithHostileField(Random random, string row)
    {
        var separator = row[0] == '{' ? ':' : ',';
        var fields = row.Split(separator);
        fields[random.Next(fields.Length)] = Hostile[random.Next(Hostile.Length)];
        return string.Join(separator, fields);
    }

    private static string WithChange(Random random, string row)
    {
        var at = random.Next(row.Length);
        return random.Next(4) switch
        {
            0 => row[..at],
            1 => row.Remove(at, 1),
            2 => row.Insert(at, Printable(random).ToString()),
            _ => row[..at] + Printable(random) + row[(at + 1)..],
        };
    }

    private static string Noise(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(60); length > 0; length--)
        {
            var character = (char)random.Next(random.Next(10) == 0 ? 0xD7FF : 0x7F);
            text.Append(character is '\n' or '\r' ? ' ' : character);
        }

        return text.ToString();
    }

    private static char Printable(Random random) => (char)random.Next(0x20, 0x7F);

    private static string Time(int row) => FormattableString.Invariant($"{1723161240000 + (row * 1000L)}");

    private static string Flag(int row) => row % 2 == 0 ? "true" : "False";

    private static Task<Counted> FeedAsync(string format, string text) =>
        FeedAsync(format, Encoding.UTF8.GetBytes(text));

    private static async Task<Counted> FeedAsync(string format, byte[] bytes)
    {
        using var run = new FeedRun();
        string? failure = null;
        try
        {
            // A symbol would be expected of Tardis rows; bars have a date order, so that no date contradicts another.
            var symbol = format.StartsWith("tardis", StringComparison.Ordinal) ? "" : ",symbol=X";
            var dates = format == "ohlcv" ? ",dates=mdy" : "";
            await run.ToEndAsync($"{format}:{run.File("X.csv", bytes)}{symbol}{dates}");
        }
        catch (FeedFileException broken)
        {
            failure = broken.Message;
        }

        var checkpoint = (await run.Bus.InspectReaderAsync("feed", CancellationToken.None))!;
        return new Counted(
            run.Progress.Accepted, run.Progress.Refused, (await run.EventsAsync()).Length,
            (await run.EntriesAsync(StreamNames.DeadLetters)).Length, checkpoint.Count, failure);
    }

    private sealed record Counted(long Accepted, long Refused, int Events, int Letters, long Committed, string? Failure)
    {
        /// <summary>What does not add up to the rows of the file; null when all does.</summary>
        public string? Miscount(int rows) =>
            Accepted + Refused == rows && Accepted == Events && Refused == Letters && Committed == rows
                ? null
                : $"{this} of {rows} rows";
    }
}

using System.Text;
using TradeOs.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>One thing an outsider may do to an entry, and the dead letter it gives.</summary>
/// <param name="Name">For people.</param>
/// <param name="Spoil">Does it to a good entry.</param>
/// <param name="Error">How the dead letter's error begins.</param>
internal sealed record HostileEntry(string Name, Action<OutsideEntry> Spoil, string Error);

/// <summary>Everything the doors were attacked with.</summary>
internal static class HostileEntries
{
    private const int Megabyte = 1024 * 1024;
    private const string Printable = "expected 1 to 64 printable ASCII characters without blanks at the ends";
    private const string Time = "expected a UTC time such as 2024-08-08T23:54:15.342000Z, of 1800 to 2199";

    private static readonly byte[] Large = [.. Enumerable.Repeat((byte)'x', Megabyte)];

    /// <summary>What is wrong in any stream that a stage reads; each is one dead letter.</summary>
    public static IEnumerable<HostileEntry> Of(string stream)
    {
        foreach (var hostile in Sizes()) yield return hostile;
        foreach (var hostile in Names()) yield return hostile;
        foreach (var hostile in Times()) yield return hostile;
        foreach (var hostile in Texts()) yield return hostile;
        foreach (var hostile in Numbers(GoodEntries.NumberFieldOf(stream))) yield return hostile;
        if (stream == StreamNames.MarketData) foreach (var hostile in Market()) yield return hostile;
        else yield return new("a trace that is no id", entry => entry.Add("trace", "x"), "field 'trace' is \"x\"");
    }

    /// <summary>Entries too large for any stream.</summary>
    public static IEnumerable<HostileEntry> Sizes()
    {
        yield return new("a value of 1 MB", entry => entry.Set("symbol", Large), "the entry has 10");
        yield return new("a name of 1 MB", entry => entry.Add(Large, [1]), "the entry has 10");
        yield return new(
            "a field of 1 MB nobody reads", entry => entry.Add("note"u8.ToArray(), Large), "the entry has 10");
        yield return new(
            "10,000 fields", entry => Fill(entry, 10_000), "the entry has 10000 fields, expected at most 1000");
        yield return new(
            "1,001 fields", entry => Fill(entry, 1001), "the entry has 1001 fields, expected at most 1000");
    }

    /// <summary>Fields missing, or there twice.</summary>
    public static IEnumerable<HostileEntry> Names()
    {
        yield return new("no field anybody knows", entry => Empty(entry).Add("a", "b"), "field 'at' is missing");
        yield return new("a field missing", entry => entry.Remove("symbol"), "field 'symbol' is missing");
        yield return new(
            "a field twice, the same", entry => entry.Add("symbol", "G"),
            "field 'symbol' is there twice, expected once");
        yield return new(
            "a field twice, not the same", entry => entry.Add("at", "2024-08-08T12:00:00Z"),
            "field 'at' is there twice, expected once");
        yield return new(
            "a name in capitals", entry => entry.Remove("symbol").Add("SYMBOL", "G"), "field 'symbol' is missing");
    }

    private static IEnumerable<HostileEntry> Times()
    {
        yield return Value("at", "yesterday", $"\"yesterday\", {Time}");
        yield return Value("at", "", $"\"\", {Time}");
        yield return Value("at", "1723118055000", $"\"1723118055000\", {Time}");
        yield return Value("at", "2024-02-30T12:00:00Z", $"\"2024-02-30T12:00:00Z\", {Time}");
        yield return Value("at", "2024-08-08T12:00:00+01:00", $"\"2024-08-08T12:00:00+01:00\", {Time}");
        yield return Value("at", "0001-01-01T00:00:00Z", $"\"0001-01-01T00:00:00Z\", {Time}");
        yield return Value("at", "9999-12-31T23:59:59.999999Z", $"\"9999-12-31T23:59:59.999999Z\", {Time}");
    }

    private static IEnumerable<HostileEntry> Texts()
    {
        yield return Value("symbol", "", $"\"\", {Printable}");
        yield return Value("symbol", new string('S', 65), $"\"{new string('S', 65)}\", {Printable}");
        yield return Value("symbol", "A\nB", $"\"A\\u{{a}}B\", {Printable}");
        yield return Value("symbol", "A\0B", $"\"A\\u{{0}}B\", {Printable}");
        yield return Value("symbol", "\u001b[31mA", $"\"\\u{{1b}}[31mA\", {Printable}");
        yield return Value("symbol", "Ä", $"\"Ä\", {Printable}");
        yield return new(
            "symbol not UTF-8", entry => entry.Set("symbol", [0xff, 0xfe, (byte)'A']),
            $"field 'symbol' is \"\\xff\\xfeA\", {Printable}");
    }

    private static IEnumerable<HostileEntry> Numbers(string field)
    {
        foreach (var text in (string[])
            ["", "NaN", "Infinity", "-Infinity", "1e400", "1e-400", "1e5", "-0", "0", "-1", "1,5", "0x10", " 1", "1\n",
            "99999999999999999999999999999999", "٣"])
        {
            var shown = text.Replace("\n", "\\u{a}", StringComparison.Ordinal);
            yield return Value(field, text, $"\"{shown}\", expected a ");
        }

        yield return new(
            $"{field} of 60,000 digits", entry => entry.Set(field, new string('1', 60_000)),
            $"field '{field}' is \"{new string('1', 77)}...\", expected a ");
    }

    private static IEnumerable<HostileEntry> Market()
    {
        const string far = "expected within 31.00:00:00 of 2024-08-08T12:";
        yield return Value("kind", "rumour", "\"rumour\", expected trade, bar or quote");
        yield return Value("at", "2023-08-08T12:00:00Z", "\"2023-08-08T12:00:00.000000Z\", " + far);
        yield return Value("at", "2025-08-08T12:00:00Z", "\"2025-08-08T12:00:00.000000Z\", " + far);
        yield return new(
            "a bar with high below low",
            entry => Prices(entry, "bar").Add("open", "2").Add("high", "1").Add("low", "3").Add("close", "2")
                .Add("volume", "1"),
            "field 'high' is \"1\", expected high and low around open and close");
        yield return new(
            "a quote with ask below bid",
            entry => Prices(entry, "quote").Add("bid", "2").Add("ask", "1").Add("bid_qty", "1").Add("ask_qty", "1"),
            "field 'ask' is \"1\", expected a price not below the bid");
        yield return new(
            "a finished bar of a symbol fed trades",
            entry => Prices(entry, "bar").Add("open", "2").Add("high", "3").Add("low", "1").Add("close", "2")
                .Add("volume", "1"),
            "field 'kind' is \"bar\", expected trade or quote: the bars of G are made of its trades");
    }

    private static HostileEntry Value(string field, string value, string error) =>
        new($"{field} {value}", entry => entry.Set(field, value), $"field '{field}' is {error}");

    private static OutsideEntry Prices(OutsideEntry entry, string kind) =>
        entry.Remove("price").Remove("qty").Remove("side").Remove("trade_id").Set("kind", kind);

    private static OutsideEntry Empty(OutsideEntry entry)
    {
        while (entry.FieldCount > 0) entry.RemoveAt(0);
        return entry;
    }

    private static void Fill(OutsideEntry entry, int count)
    {
        for (var number = entry.FieldCount; number < count; number++)
            entry.Add(Encoding.ASCII.GetBytes($"f{number}"), [(byte)'1']);
    }
}

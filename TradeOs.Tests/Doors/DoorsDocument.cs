using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TradeOs.Tests.Doors;

/// <summary>docs/DOORS.md, as a reader of it would copy from it.</summary>
internal static partial class DoorsDocument
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "DOORS.md"));

    /// <summary>The blocks of a language.</summary>
    public static IReadOnlyList<string> Blocks(string language) =>
        [.. Block().Matches(Text).Where(block => block.Groups["language"].Value == language)
            .Select(block => block.Groups["text"].Value)];

    /// <summary>The commands that add an entry, as they stand there.</summary>
    public static IReadOnlyList<string> Additions =>
    [
        .. Blocks("bash").SelectMany(block => block.Split('\n'))
            .Where(line => line.Contains(" XADD ", StringComparison.Ordinal)),
    ];

    /// <summary>Field, whether it must be there, and its example, of a table by its heading.</summary>
    public static IReadOnlyList<(string Name, bool IsRequired, string Example)> FieldsOf(string heading)
    {
        var part = Text[(Text.IndexOf($"### {heading}\n", StringComparison.Ordinal) + 5)..];
        part = part[..part.IndexOf("\n#", StringComparison.Ordinal)];
        return
        [
            .. part.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(Cells)
                .Select(cells => (cells[0].Trim('`'), cells[2] == "yes", cells[3].Trim('`'))),
        ];
    }

    /// <summary>Door, changes of one entry after the other, answer and how it reads, of the table of wrong
    /// entries.</summary>
    public static IReadOnlyList<(string Door, string[] Changes, string Answer, string Reads)> WrongEntries =>
    [
        .. Text.Split('\n').Where(line => line.Contains(" | dead letter | ", StringComparison.Ordinal)
            || line.Contains(" | rejection | ", StringComparison.Ordinal)
            || line.Contains(" | taken | ", StringComparison.Ordinal)).Select(Cells)
            .Select(cells => (
                cells[0], cells[1].Split(" then ").Select(change => change.Trim('`')).ToArray(), cells[2],
                cells[3].Trim('`'))),
    ];

    /// <summary>The fields written as <c>"name": "value"</c> in a program.</summary>
    public static IReadOnlyList<(string Name, string Value)> FieldsIn(string program) =>
        [.. Pair().Matches(program).Select(pair => (pair.Groups["name"].Value, pair.Groups["value"].Value))];

    /// <summary>Changes an entry as a row of the table says.</summary>
    public static OutsideEntry Change(OutsideEntry entry, string changes)
    {
        foreach (var change in changes.Split(' '))
        {
            if (change[0] == '-')
            {
                entry.Remove(change[1..]);
                continue;
            }

            var parts = change.TrimStart('+').Split('=', 2);
            if (change[0] == '+') entry.Add(Encoding.ASCII.GetBytes(parts[0]), Bytes(parts[1]));
            else entry.Set(parts[0], Bytes(parts[1]));
        }

        return entry;
    }

    private static byte[] Bytes(string text)
    {
        if (Repeat().Match(text) is { Success: true } repeat)
        {
            var count = int.Parse(repeat.Groups["count"].Value, CultureInfo.InvariantCulture);
            return [.. Enumerable.Repeat((byte)'x', count)];
        }

        var plain = Escape().Replace(text, match => ((char)Convert.ToByte(match.Groups["hex"].Value, 16)).ToString());
        return Encoding.Latin1.GetBytes(plain);
    }

    private static string[] Cells(string line) => line.Trim('|', ' ').Split(" | ");

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\"(?<name>[a-z_]+)\": \"(?<value>[^\"]*)\"")]
    private static partial Regex Pair();

    [GeneratedRegex(@"^x\*(?<count>\d+)$")]
    private static partial Regex Repeat();

    [GeneratedRegex(@"\\x(?<hex>[0-9a-f]{2})")]
    private static partial Regex Escape();
}

using System.Text;

namespace TradeOs.Host;

/// <summary>The first row of a file, where it names columns.</summary>
internal static class RowHeader
{
    /// <summary>The names of a row, in small letters.</summary>
    public static List<string> NamesOf(RowLines row)
    {
        var names = new List<string>();
        for (var field = 0; field < row.Count; field++)
            names.Add(Encoding.UTF8.GetString(row[field]).ToLowerInvariant());
        return names;
    }

    /// <summary>
    /// Whether the first row of a Binance dump is a header: its first field is not all digits. It must then be the
    /// right one.
    /// </summary>
    /// <exception cref="FeedFileException">It is another.</exception>
    public static bool Takes(
        RowLines first, FeedFile file, Func<IReadOnlyList<string>, bool> isHeader, string expected)
    {
        if (!first[0].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        return isHeader(NamesOf(first)) ? true : throw Another(first, file, expected);
    }

    /// <summary>The first row is not the header it should be.</summary>
    public static FeedFileException Another(RowLines first, FeedFile file, string expected) => new(
        $"{file.Path} line {first.Line}: the header is \"{Refusal.Show(first.Raw)}\", expected {expected}. " +
        "Name the format this file has, or mend the header.");
}

using System.Globalization;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>A row that is no event.</summary>
/// <param name="Error">Where, what was found, what was expected.</param>
/// <param name="IsStructural">Whether it has not even the shape of the format: columns, numbers where a must.</param>
/// <param name="Raw">The bytes of the row as they stand in the file.</param>
internal sealed record Refusal(string Error, bool IsStructural, RawBytes Raw)
{
    private const int ShownBytesMax = 80;

    /// <summary>A refusal of the row <paramref name="lines"/> stands on.</summary>
    public static FeedRow Of(RowLines lines, string found, string expected, bool isStructural)
    {
        var error = $"{lines.Name} line {lines.Line}: {found}, expected {expected}";
        return new FeedRow(lines.Line, null, new Refusal(error, isStructural, RawBytes.Of(lines.Raw)));
    }

    /// <summary>A refusal because of one field.</summary>
    public static FeedRow Of(RowLines lines, string column, int field, string expected, bool isStructural) =>
        Of(lines, $"column '{column}' is \"{Show(lines[field])}\"", expected, isStructural);

    /// <summary>Bytes of a file as people may see them.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        var isLong = text.Length > ShownBytesMax;
        var shown = isLong ? text[..(ShownBytesMax - 3)] : text;
        var visible = shown.ContainsAnyInRange((byte)0, (byte)31)
            ? "0x" + Convert.ToHexStringLower(shown)
            : Encoding.UTF8.GetString(shown);
        return isLong ? visible + "..." : visible;
    }

    /// <summary>Adds the dead letter of this row to the batch.</summary>
    public void Write(Batch batch, string file, long line)
    {
        var id = line.ToString(CultureInfo.InvariantCulture);
        var letter = new DeadLetter(Topology.Feed.Name, file, id, Error, Raw);
        letter.Write(batch.Append(StreamNames.DeadLetters));
    }
}

using System.Globalization;
using System.Text;

namespace TradeOs.Host;

/// <summary>Bytes and text of strangers as a terminal may show them: nothing moves its cursor or hides.</summary>
internal static class SafeText
{
    private const int HexRowBytes = 16;

    /// <summary>Printable ASCII as it is, a backslash doubled, all else as <c>\n</c>, <c>\t</c> or
    /// <c>\xHH</c>.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            if (value == (byte)'\\') text.Append("\\\\");
            else if (value is >= 0x20 and <= 0x7e) text.Append((char)value);
            else if (value == (byte)'\n') text.Append("\\n");
            else if (value == (byte)'\t') text.Append("\\t");
            else text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }

        return text.ToString();
    }

    /// <summary>Letters, marks and digits of any language as they are; what controls a terminal as
    /// <c>\uHHHH</c>.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsUnsafe)) return text;
        var safe = new StringBuilder(text.Length);
        foreach (var mark in text)
        {
            if (IsUnsafe(mark)) safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)mark:x4}");
            else safe.Append(mark);
        }

        return safe.ToString();
    }

    /// <summary>Rows of 16 bytes: where, in hexadecimal, and what of it is printable.</summary>
    public static IEnumerable<string> HexRows(ReadOnlyMemory<byte> bytes)
    {
        for (var start = 0; start < bytes.Length; start += HexRowBytes)
        {
            var row = bytes.Slice(start, Math.Min(HexRowBytes, bytes.Length - start)).ToArray();
            var hex = string.Join(' ', row.Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
            var text = string.Concat(row.Select(value => value is >= 0x20 and <= 0x7e ? (char)value : '.'));
            yield return string.Create(CultureInfo.InvariantCulture, $"{start:x4}  {hex,-47}  {text}");
        }
    }

    /// <summary>Control marks, marks that turn the direction of writing, and halves of a pair.</summary>
    private static bool IsUnsafe(char mark) => char.GetUnicodeCategory(mark)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
}

using System.Globalization;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Bytes of strangers shown so that they can be had back exactly; to be read, <see cref="EntryText"/> shows
/// them.</summary>
internal static class ExactText
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
}

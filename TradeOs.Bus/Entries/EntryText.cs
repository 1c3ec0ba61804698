using System.Buffers;
using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Text other programs wrote, as a terminal may show it: one line, nothing that moves the cursor, colours or
/// reorders.</summary>
public static class EntryText
{
    private const string Dots = "...";

    /// <summary>The bytes as text of at most <paramref name="lengthMax"/> characters (3 or more); what is longer ends
    /// in three dots.</summary>
    /// <remarks>Letters, digits, signs and blanks of any language stay. Line ends and every other control or format
    /// character become <c>\u{1b}</c>, bytes that are not UTF-8 <c>\xff</c>.</remarks>
    public static string Show(ReadOnlySpan<byte> bytes, int lengthMax = int.MaxValue)
    {
        if (bytes.Length <= lengthMax && !bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return Encoding.ASCII.GetString(bytes);
        var (text, whole) = (new StringBuilder(), 0);
        while (!bytes.IsEmpty)
        {
            var isRune = Rune.DecodeFromUtf8(bytes, out var rune, out var used) == OperationStatus.Done;
            if (!isRune) text.Append(CultureInfo.InvariantCulture, $"\\x{bytes[0]:x2}");
            else if (IsPlain(rune)) text.Append(rune.ToString());
            else text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            if (text.Length > lengthMax) return text.ToString(0, whole) + Dots;
            if (text.Length <= lengthMax - Dots.Length) whole = text.Length;
            bytes = bytes[(isRune ? used : 1)..];
        }

        return text.ToString();
    }

    /// <summary>The text likewise, whole.</summary>
    public static string Show(string text) => Show(Encoding.UTF8.GetBytes(text));

    private static bool IsPlain(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator);
}

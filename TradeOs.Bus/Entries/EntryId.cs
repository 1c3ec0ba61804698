using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Place of an entry in its stream, as Redis writes it: <c>milliseconds-sequence</c>.</summary>
/// <remarks>An id is order, never time: when the server's clock steps back, ids still rise.</remarks>
/// <param name="Milliseconds">First part.</param>
/// <param name="Sequence">Second part, rising within one millisecond.</param>
public readonly record struct EntryId(ulong Milliseconds, ulong Sequence) : IComparable<EntryId>
{
    /// <summary>Longest text of an id, in bytes.</summary>
    public const int TextBytesMax = 41;

    /// <summary>Before the first entry of any stream: <c>0-0</c>.</summary>
    public static EntryId Zero => default;

    /// <summary>Behind the last entry of any stream.</summary>
    public static EntryId Max => new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(EntryId left, EntryId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(EntryId left, EntryId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is or comes before <paramref name="right"/>.</summary>
    public static bool operator <=(EntryId left, EntryId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is or comes after <paramref name="right"/>.</summary>
    public static bool operator >=(EntryId left, EntryId right) => left.CompareTo(right) >= 0;

    /// <summary>Reads an id such as <c>1732-0</c>.</summary>
    /// <exception cref="FormatException">The text is not two decimal numbers with a dash between.</exception>
    public static EntryId Parse(ReadOnlySpan<byte> text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{Encoding.UTF8.GetString(text)}' is not an entry id; expected e.g. 1732-0.");

    /// <summary>Reads an id such as <c>1732-0</c>.</summary>
    /// <exception cref="FormatException">The text is not two decimal numbers with a dash between.</exception>
    public static EntryId Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads an id; false when the text is not one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EntryId id)
    {
        id = default;
        if (!Utf8Parser.TryParse(text, out ulong milliseconds, out var used)
            || used >= text.Length || text[used] != (byte)'-') return false;
        var rest = text[(used + 1)..];
        if (!Utf8Parser.TryParse(rest, out ulong sequence, out used) || used != rest.Length) return false;
        id = new EntryId(milliseconds, sequence);
        return true;
    }

    /// <summary>Writes the text of the id; <paramref name="target"/> has at least <see cref="TextBytesMax"/>
    /// bytes.</summary>
    /// <returns>Bytes written.</returns>
    public int Format(Span<byte> target)
    {
        Utf8Formatter.TryFormat(Milliseconds, target, out var length);
        target[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Sequence, target[length..], out var more);
        return length + more;
    }

    /// <inheritdoc/>
    public int CompareTo(EntryId other)
    {
        var byTime = Milliseconds.CompareTo(other.Milliseconds);
        return byTime != 0 ? byTime : Sequence.CompareTo(other.Sequence);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}-{Sequence}");
}

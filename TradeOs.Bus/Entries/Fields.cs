using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>The flat fields of one entry, in the order written, as bytes; names may repeat.</summary>
/// <remarks>
/// The bytes are kept the way Redis sends and takes them (<c>$length CRLF bytes CRLF</c>, name then value), so an
/// entry passes through the process without being copied field by field.
/// </remarks>
public readonly struct Fields
{
    private readonly ReadOnlyMemory<byte> _encoded;

    internal Fields(ReadOnlyMemory<byte> encoded, int count)
    {
        _encoded = encoded;
        Count = count;
    }

    /// <summary>Number of name-value pairs.</summary>
    public int Count { get; }

    /// <summary>Bytes of all names and values with the lengths between them, as Redis sends them.</summary>
    public int EncodedBytes => _encoded.Length;

    /// <summary>The pairs as Redis takes and sends them: RESP bulk strings, name then value.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>Fields from what <see cref="Encoded"/> gave; nothing is copied.</summary>
    /// <returns>False when the bytes are not exactly that: another form, an odd word, something behind the
    /// last.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> encoded, out Fields fields)
    {
        var rest = encoded.Span;
        var words = 0;
        for (; !rest.IsEmpty; words++)
        {
            if (TryWord(rest) is not { } length)
            {
                fields = default;
                return false;
            }

            rest = rest[length..];
        }

        fields = words % 2 == 0 ? new Fields(encoded, words / 2) : default;
        return words % 2 == 0;
    }

    /// <summary>The pairs from first to last.</summary>
    public Enumerator GetEnumerator() => new(_encoded.Span);

    /// <summary>Value of the first field of that name; false when there is none.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var field in this)
        {
            if (!field.Name.SequenceEqual(name)) continue;
            value = field.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The same fields on memory of their own, for keeping beyond the batch they were read in.</summary>
    public Fields Copy() => new(_encoded.ToArray(), Count);

    /// <summary>Text for people: <c>name=value name=value</c>; bytes that are not UTF-8 show as the replacement
    /// mark.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var field in this)
        {
            if (text.Length > 0) text.Append(' ');
            text.Append(Encoding.UTF8.GetString(field.Name)).Append('=').Append(Encoding.UTF8.GetString(field.Value));
        }

        return text.ToString();
    }

    /// <summary>Bytes of the bulk string that stands first, all of it; null when none does.</summary>
    private static int? TryWord(ReadOnlySpan<byte> rest)
    {
        if (rest[0] != (byte)'$' || !Utf8Parser.TryParse(rest[1..], out int length, out var digits)) return null;
        var isCanonical = length >= 0 && rest[1] is >= (byte)'0' and <= (byte)'9' && (digits == 1 || rest[1] != '0');
        var start = 1 + digits + 2;
        if (!isCanonical || length > rest.Length - start - 2) return null;
        var hasEnds = rest[(start - 2)..].StartsWith("\r\n"u8) && rest[(start + length)..].StartsWith("\r\n"u8);
        return hasEnds ? start + length + 2 : null;
    }

    /// <summary>Walks the pairs without copying.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> encoded) => _rest = encoded;

        /// <summary>The pair last moved to.</summary>
        public Field Current { get; private set; }

        /// <summary>Moves to the next pair; false after the last.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            Current = new Field(Take(), Take());
            return true;
        }

        private ReadOnlySpan<byte> Take()
        {
            var length = 0;
            var index = 1;
            while (_rest[index] != (byte)'\r') length = (length * 10) + _rest[index++] - '0';
            var value = _rest.Slice(index + 2, length);
            _rest = _rest[(index + 2 + length + 2)..];
            return value;
        }
    }
}

/// <summary>One name-value pair of an entry.</summary>
public readonly ref struct Field
{
    internal Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Name, as bytes.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Value, as bytes.</summary>
    public ReadOnlySpan<byte> Value { get; }
}

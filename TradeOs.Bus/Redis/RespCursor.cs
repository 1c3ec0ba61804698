using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Walks through one complete reply.</summary>
internal struct RespCursor(ReadOnlyMemory<byte> reply)
{
    private readonly ReadOnlyMemory<byte> _reply = reply;
    private int _index;

    /// <summary>Whether the next element is an error.</summary>
    public readonly bool IsError => Type == (byte)'-';

    /// <summary>Whether the next element is a nil, as a value or as an array.</summary>
    public readonly bool IsNil => _reply.Span[_index..] is [(byte)'$' or (byte)'*', (byte)'-', ..];

    /// <summary>Whether the next element is an array; a nil one counts.</summary>
    public readonly bool IsArray => Type == (byte)'*';

    /// <summary>Whether the next element is a value of so many bytes; a nil one counts.</summary>
    public readonly bool IsValue => Type == (byte)'$';

    /// <summary>Everything not walked through yet.</summary>
    public readonly ReadOnlyMemory<byte> Rest => _reply[_index..];

    /// <summary>Number of elements of the array that comes next; -1 for nil.</summary>
    public int Array() => (int)NumberBehind((byte)'*');

    /// <summary>Goes behind the element that comes next, of whatever kind.</summary>
    public void Skip()
    {
        if (IsArray) for (var left = Array(); left > 0; left--) Skip();
        else if (IsValue) _ = TryValue(out _);
        else _ = Line();
    }

    /// <summary>The integer that comes next.</summary>
    public long Integer() => NumberBehind((byte)':');

    /// <summary>The text of the error, simple string or integer that comes next.</summary>
    public string Line()
    {
        var isLine = Type is (byte)'+' or (byte)'-' or (byte)':';
        var line = TakeLine();
        return isLine ? Encoding.UTF8.GetString(line[1..]) : throw Unexpected(line, "a line");
    }

    /// <summary>The value that comes next, null for nil; an integer or simple string gives its text.</summary>
    public string? Text()
    {
        if (!IsValue) return Line();
        return TryValue(out var value) ? Encoding.UTF8.GetString(value.Span) : null;
    }

    /// <summary>The value that comes next; false for nil.</summary>
    public bool TryValue(out ReadOnlyMemory<byte> value)
    {
        var length = (int)NumberBehind((byte)'$');
        value = length < 0 ? default : _reply.Slice(_index, length);
        if (length >= 0) _index += length + 2;
        return length >= 0;
    }

    /// <summary>The next <paramref name="count"/> values as they stand in the reply.</summary>
    public ReadOnlyMemory<byte> Values(int count)
    {
        var start = _index;
        for (; count > 0; count--)
            if (!TryValue(out _)) throw new RespProtocolException("a nil where a field was expected");
        return _reply[start.._index];
    }

    private readonly byte Type => _index < _reply.Length ? _reply.Span[_index] : (byte)0;

    private long NumberBehind(byte type)
    {
        var isOfType = Type == type;
        var line = TakeLine();
        return isOfType && Utf8Parser.TryParse(line[1..], out long number, out _)
            ? number
            : throw Unexpected(line, $"a '{(char)type}'");
    }

    private static RespProtocolException Unexpected(ReadOnlySpan<byte> line, string expected) =>
        new($"\"{Encoding.UTF8.GetString(line[..Math.Min(line.Length, 80)])}\" where {expected} was expected");

    private ReadOnlySpan<byte> TakeLine()
    {
        var rest = _reply.Span[_index..];
        var length = rest.IndexOf("\r\n"u8);
        if (length < 0) throw new RespProtocolException("fewer elements than expected");
        _index += length + 2;
        return rest[..length];
    }
}

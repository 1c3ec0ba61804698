using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Writes the fields of one entry, each once, in the stream's fixed order.</summary>
public readonly struct FieldWriter
{
    /// <summary>Bytes around a bulk string: <c>$</c>, ten digits, two line ends.</summary>
    private const int FrameBytesMax = 15;

    private readonly Batch _batch;

    internal FieldWriter(Batch batch) => _batch = batch;

    /// <summary>Adds a field whose value is bytes, kept exactly.</summary>
    public FieldWriter Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var target = _batch.Buffer.GetSpan(name.Length + value.Length + (2 * FrameBytesMax));
        var length = Bulk(target, name);
        _batch.Buffer.Advance(length + Bulk(target[length..], value));
        _batch.CountField();
        return this;
    }

    /// <summary>Adds a field whose value is text.</summary>
    public FieldWriter Add(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        Span<byte> small = stackalloc byte[256];
        var bytes = Encoding.UTF8.GetMaxByteCount(value.Length) <= small.Length
            ? small
            : new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        return Add(name, bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }

    /// <summary>Adds a field whose value is a whole number.</summary>
    public FieldWriter Add(ReadOnlySpan<byte> name, long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out var length);
        return Add(name, text[..length]);
    }

    /// <summary>Adds a field whose value is an entry id.</summary>
    public FieldWriter Add(ReadOnlySpan<byte> name, EntryId value)
    {
        Span<byte> text = stackalloc byte[EntryId.TextBytesMax];
        return Add(name, text[..value.Format(text)]);
    }

    internal static void Bulk(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> value) =>
        buffer.Advance(Bulk(buffer.GetSpan(value.Length + FrameBytesMax), value));

    private static int Bulk(Span<byte> target, ReadOnlySpan<byte> value)
    {
        target[0] = (byte)'$';
        var index = 1;
        if (value.Length < 10) target[index++] = (byte)('0' + value.Length);
        else index += Formatted(value.Length, target[index..]);
        target[index++] = (byte)'\r';
        target[index++] = (byte)'\n';
        value.CopyTo(target[index..]);
        index += value.Length;
        target[index++] = (byte)'\r';
        target[index++] = (byte)'\n';
        return index;
    }

    private static int Formatted(int number, Span<byte> target)
    {
        Utf8Formatter.TryFormat(number, target, out var digits);
        return digits;
    }
}

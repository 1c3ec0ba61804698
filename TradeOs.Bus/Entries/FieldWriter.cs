using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Writes the fields of one entry, each once, in the stream's fixed order.</summary>
public readonly struct FieldWriter
{
    private readonly Batch _batch;

    internal FieldWriter(Batch batch) => _batch = batch;

    /// <summary>Adds a field whose value is bytes, kept exactly.</summary>
    public FieldWriter Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Bulk(_batch.Buffer, name);
        Bulk(_batch.Buffer, value);
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

    internal static void Bulk(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> value)
    {
        var target = buffer.GetSpan(value.Length + 16);
        target[0] = (byte)'$';
        Utf8Formatter.TryFormat(value.Length, target[1..], out var digits);
        var index = 1 + digits;
        target[index++] = (byte)'\r';
        target[index++] = (byte)'\n';
        value.CopyTo(target[index..]);
        index += value.Length;
        target[index++] = (byte)'\r';
        target[index++] = (byte)'\n';
        buffer.Advance(index);
    }
}

using System.Buffers;

namespace TradeOs.Bus;

/// <summary>Gathers the fields of one entry outside a batch, e.g. to append it again.</summary>
public sealed class FieldsBuilder
{
    private readonly ArrayBufferWriter<byte> _encoded = new();
    private int _count;

    /// <summary>Adds a field at the end; names may repeat.</summary>
    public FieldsBuilder Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        FieldWriter.Bulk(_encoded, name);
        FieldWriter.Bulk(_encoded, value);
        _count++;
        return this;
    }

    /// <summary>The fields added so far; they share the builder's memory, which is not used after.</summary>
    public Fields Build() => new(_encoded.WrittenMemory, _count);
}

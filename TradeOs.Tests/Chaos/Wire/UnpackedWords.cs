using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Tests.Chaos;

/// <summary>Reads the words of a commit, a MessagePack array of strings, one after another.</summary>
internal sealed class UnpackedWords
{
    private readonly ReadOnlyMemory<byte> _packed;
    private int _next;

    /// <summary>Begins at the first word.</summary>
    /// <exception cref="InvalidDataException">It is not such an array.</exception>
    public UnpackedWords(ReadOnlyMemory<byte> packed)
    {
        _packed = packed;
        if (packed.Length < 5 || packed.Span[0] != 0xdd) throw new InvalidDataException("The words are no array.");
        Count = BinaryPrimitives.ReadInt32BigEndian(packed.Span[1..]);
        _next = 5;
    }

    /// <summary>How many words it says it has.</summary>
    public int Count { get; }

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => _next == _packed.Length;

    /// <summary>The next word.</summary>
    /// <exception cref="InvalidDataException">No string is there.</exception>
    public ReadOnlySpan<byte> Next()
    {
        var rest = _packed.Span[_next..];
        var (start, length) = rest[0] switch
        {
            >= 0xa0 and <= 0xbf => (1, rest[0] & 0x1f),
            0xd9 => (2, rest[1]),
            0xda => (3, BinaryPrimitives.ReadUInt16BigEndian(rest[1..])),
            0xdb => (5, BinaryPrimitives.ReadInt32BigEndian(rest[1..])),
            var other => throw new InvalidDataException($"No string begins with {other:x2}."),
        };
        _next += start + length;
        return rest.Slice(start, length);
    }

    /// <summary>The next word as text.</summary>
    public string Text() => Encoding.UTF8.GetString(Next());

    /// <summary>The next word as a whole number.</summary>
    public long Number() => long.Parse(Text(), CultureInfo.InvariantCulture);

    /// <summary>Passes by so many words.</summary>
    public void Skip(int words)
    {
        for (var word = 0; word < words; word++) _ = Next();
    }

    /// <summary>So many words in the form an entry has on the wire.</summary>
    public byte[] Encoded(int words)
    {
        var encoded = new ArrayBufferWriter<byte>();
        for (var word = 0; word < words; word++) FieldWriter.Bulk(encoded, Next());
        return encoded.WrittenSpan.ToArray();
    }
}

using System.Buffers;
using System.Buffers.Binary;

namespace TradeOs.Bus;

/// <summary>Words of a script as one, but for a state (decision 19): an array of strings in MessagePack, which Redis'
/// Lua unpacks by <c>cmsgpack</c>.</summary>
/// <remarks>
/// Redis makes an object of each word of a command and Lua a copy of it: of the 2,300 words of a commit of 128 ticks
/// that was a quarter of its time (decision 17). Format: github.com/msgpack/msgpack/blob/master/spec.md, 2013 on.
/// </remarks>
internal sealed class PackedWords : WordWriter
{
    private const int ShortMax = 31;
    private const byte Short = 0xa0;
    private const byte OneByteLength = 0xd9;
    private const byte TwoByteLength = 0xda;
    private const byte FourByteLength = 0xdb;
    private const byte Array = 0xdd;

    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);

    /// <summary>Everything written since <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Begins anew, with so many words to come.</summary>
    public void Begin(int words)
    {
        _buffer.ResetWrittenCount();
        var target = _buffer.GetSpan(5);
        target[0] = Array;
        BinaryPrimitives.WriteInt32BigEndian(target[1..], words);
        _buffer.Advance(5);
    }

    public override void Word(ReadOnlySpan<byte> value)
    {
        var target = _buffer.GetSpan(value.Length + 5);
        var start = WriteLength(target, value.Length);
        value.CopyTo(target[start..]);
        _buffer.Advance(start + value.Length);
    }

    private static int WriteLength(Span<byte> target, int length)
    {
        switch (length)
        {
            case <= ShortMax:
                target[0] = (byte)(Short | length);
                return 1;
            case <= byte.MaxValue:
                (target[0], target[1]) = (OneByteLength, (byte)length);
                return 2;
            case <= ushort.MaxValue:
                target[0] = TwoByteLength;
                BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)length);
                return 3;
            default:
                target[0] = FourByteLength;
                BinaryPrimitives.WriteInt32BigEndian(target[1..], length);
                return 5;
        }
    }
}

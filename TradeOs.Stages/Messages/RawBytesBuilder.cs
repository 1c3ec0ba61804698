using System.Buffers;
using System.Security.Cryptography;

namespace TradeOs.Stages;

/// <summary>The bytes of a feed's row too long to be held, piece by piece.</summary>
public sealed class RawBytesBuilder
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _kept = new();
    private bool _isPrintable = true;
    private long _length;

    /// <summary>Adds what comes next.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _length += bytes.Length;
        _isPrintable &= RawBytes.IsPrintable(bytes);
        _kept.Write(bytes[..Math.Min(bytes.Length, RawBytes.KeptBytesMax - _kept.WrittenCount)]);
    }

    /// <summary>What a dead letter keeps of them; nothing can be added behind.</summary>
    public RawBytes Build()
    {
        var sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        _hash.Dispose();
        var isText = _isPrintable && !RawBytes.IsMarked(_kept.WrittenSpan);
        return new RawBytes(isText, _kept.WrittenMemory, _length, sha256);
    }
}

namespace TradeOs.Bus;

/// <summary>Bytes of replies as they arrive, and where in them a reply ends.</summary>
internal sealed class ReplyBuffer
{
    private const int UsualBytes = 64 * 1024;
    private const int SpareBytesMax = 1024 * 1024;

    private RespScanner _scanner;
    private byte[] _bytes = new byte[UsualBytes];
    private int _start;
    private int _end;

    /// <summary>Bytes of memory it holds.</summary>
    public int HeldBytes => _bytes.Length;

    /// <summary>Bytes that arrived and were not taken.</summary>
    public int WaitingBytes => _end - _start;

    /// <summary>Where the next bytes go, once <see cref="MakeRoom"/> made some.</summary>
    public Memory<byte> Room => _bytes.AsMemory(_end);

    /// <summary>Counts bytes written to <see cref="Room"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Takes a reply that is there whole; its memory is valid until the next bytes come.</summary>
    /// <exception cref="RespProtocolException">The bytes are not RESP2.</exception>
    /// <exception cref="ReplyTooLargeException">It has more elements than are kept.</exception>
    public bool TryTake(out RespCursor reply)
    {
        var length = _scanner.Scan(_bytes.AsSpan(_start, _end - _start));
        reply = length < 0 ? default : new RespCursor(_bytes.AsMemory(_start, length));
        _start += Math.Max(length, 0);
        return length >= 0;
    }

    /// <summary>A copy of the first bytes waiting.</summary>
    public byte[] Peek(int count) => _bytes.AsSpan(_start, count).ToArray();

    /// <summary>Drops what is there of a reply too large to keep.</summary>
    /// <returns>Bytes dropped; <paramref name="isWhole"/> tells whether the reply ended there.</returns>
    public int Drop(out bool isWhole)
    {
        var count = _scanner.Pass(_bytes.AsSpan(_start, _end - _start), out isWhole);
        _start += count;
        return count;
    }

    /// <summary>A large reply was walked through; its memory is not held until the next one.</summary>
    public void Release()
    {
        if (_start < _end) return;
        (_start, _end) = (0, 0);
        if (_bytes.Length > SpareBytesMax) _bytes = new byte[UsualBytes];
    }

    /// <summary>Makes sure that more bytes can come.</summary>
    /// <exception cref="ReplyTooLargeException">It holds <paramref name="bytesMax"/> of one reply already.</exception>
    public void MakeRoom(int bytesMax)
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end < _bytes.Length) return;
        if (_bytes.Length >= bytesMax) throw new ReplyTooLargeException($"is larger than {bytesMax} bytes");
        Array.Resize(ref _bytes, Math.Min(_bytes.Length * 2, bytesMax));
    }
}

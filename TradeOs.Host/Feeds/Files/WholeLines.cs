namespace TradeOs.Host;

/// <summary>Hands out whole lines as soon as they are there, as many as there are.</summary>
/// <remarks>
/// A CSV reader wants more bytes than a line has before it shows a line; a live stream may have no more.
/// </remarks>
internal sealed class WholeLines(Stream text)
{
    private readonly byte[] _buffer = new byte[8 * RowLines.LineBytesMax];
    private int _given;
    private int _length;

    /// <summary>Reads on until a line has ended; false at the end of the text.</summary>
    /// <param name="lines">Valid until the next call. A line longer than a row may be comes in pieces.</param>
    public bool Read(out ReadOnlyMemory<byte> lines)
    {
        _buffer.AsSpan(_given, _length - _given).CopyTo(_buffer);
        (_length, _given) = (_length - _given, 0);
        while (true)
        {
            var read = text.Read(_buffer.AsSpan(_length));
            var end = _buffer.AsSpan(_length, read).LastIndexOf((byte)'\n');
            if (end >= 0) _given = _length + end + 1;
            _length += read;
            if (read == 0 || (_given == 0 && _length == _buffer.Length)) _given = _length;
            if (_given > 0 || read == 0) break;
        }

        lines = _buffer.AsMemory(0, _given);
        return _given > 0;
    }
}

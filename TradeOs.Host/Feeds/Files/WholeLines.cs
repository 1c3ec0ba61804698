using System.Text.Unicode;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Hands out whole lines as soon as they are there, as many as there are, and a line that nobody can read
/// alone.</summary>
/// <remarks>
/// A CSV reader wants more bytes than a line has before it shows a line; a live stream may have no more. Of a line that
/// does not end, only the beginning is kept.
/// </remarks>
internal sealed class WholeLines(Stream text)
{
    private readonly byte[] _buffer = new byte[8 * RowLines.LineBytesMax];
    private int _given;
    private int _length;
    private bool _hasEnded;

    /// <summary>Reads on until a line has ended; false at the end of the text.</summary>
    /// <param name="lines">Valid until the next call; nothing when the next line cannot be read.</param>
    /// <param name="unreadable">That line; null when there is none.</param>
    public bool Read(out ReadOnlyMemory<byte> lines, out UnreadableLine? unreadable)
    {
        (lines, unreadable) = (default, null);
        _buffer.AsSpan(_given, _length - _given).CopyTo(_buffer);
        (_length, _given) = (_length - _given, 0);
        int whole;
        while ((whole = WholeLength()) == 0 && !_hasEnded)
        {
            if (_length > RowLines.LineBytesMax + 1) return SkipLong(out unreadable);
            Fill();
        }

        if (whole == 0) whole = _length;
        if (whole == 0) return false;
        _given = ReadableLength(_buffer.AsSpan(0, whole));
        if (_given > 0) lines = _buffer.AsMemory(0, _given);
        else unreadable = TakeUnreadable(whole);
        return true;
    }

    private int WholeLength() => _buffer.AsSpan(0, _length).LastIndexOf((byte)'\n') + 1;

    private void Fill()
    {
        var read = text.Read(_buffer.AsSpan(_length));
        _length += read;
        _hasEnded = read == 0;
    }

    /// <summary>Length of the lines before the first that is too long or not UTF-8.</summary>
    private static int ReadableLength(ReadOnlySpan<byte> whole)
    {
        var length = 0;
        while (length < whole.Length)
        {
            var line = FirstLine(whole[length..]);
            if (Content(line).Length > RowLines.LineBytesMax || !Utf8.IsValid(line)) return length;
            length += line.Length;
        }

        return length;
    }

    private UnreadableLine TakeUnreadable(int whole)
    {
        var line = FirstLine(_buffer.AsSpan(0, whole));
        _given = line.Length;
        var content = Content(line);
        if (content.Length > RowLines.LineBytesMax) return UnreadableLine.Long(RawBytes.Of(content));
        return UnreadableLine.NotUtf8(content);
    }

    /// <summary>Reads to the end of a line that is longer than the buffer keeps lines.</summary>
    private bool SkipLong(out UnreadableLine? unreadable)
    {
        var row = new RawBytesBuilder();
        while (true)
        {
            var end = _buffer.AsSpan(0, _length).IndexOf((byte)'\n');
            if (end >= 0 || _hasEnded)
            {
                _given = end < 0 ? _length : end + 1;
                row.Add(Content(_buffer.AsSpan(0, _given)));
                unreadable = UnreadableLine.Long(row.Build());
                return true;
            }

            // The last byte may belong to the end of the line.
            row.Add(_buffer.AsSpan(0, _length - 1));
            (_buffer[0], _length) = (_buffer[_length - 1], 1);
            Fill();
        }
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..(end + 1)];
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("\n"u8)) line = line[..^1];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }
}

using System.IO.Compression;

namespace TradeOs.Host;

/// <summary>The lines of a segment from one of its places on, as far as it was committed.</summary>
internal sealed class SegmentLines : IDisposable
{
    private readonly FileStream _file;
    private readonly GZipStream _text;
    private byte[] _buffer = new byte[64 * 1024];
    private int _next;
    private int _length;

    /// <summary>Opens the file.</summary>
    /// <param name="path">Which.</param>
    /// <param name="offset">Where a gzip member begins.</param>
    /// <param name="bytes">Length that was committed; nothing behind it is looked at.</param>
    public SegmentLines(string path, long offset, long bytes)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _file.Position = offset;
        _text = new GZipStream(new Committed(_file, bytes - offset), CompressionMode.Decompress);
    }

    /// <summary>The next line without its end; valid until the next call. False at the end.</summary>
    /// <exception cref="InvalidDataException">What is there is not what was written.</exception>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        var searched = _next;
        while (true)
        {
            var end = _buffer.AsSpan(searched, _length - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                line = _buffer.AsSpan(_next, searched + end - _next);
                _next = searched + end + 1;
                return true;
            }

            MakeRoom();
            searched = _length;
            var read = _text.Read(_buffer.AsSpan(_length));
            _length += read;
            if (read > 0) continue;
            line = default;
            return _length == 0 ? false : throw new InvalidDataException("Its last line has no end.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        _file.Dispose();
    }

    private void MakeRoom()
    {
        _buffer.AsSpan(_next, _length - _next).CopyTo(_buffer);
        (_length, _next) = (_length - _next, 0);
        if (_length == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
    }

    /// <summary>The file up to where it was committed.</summary>
    private sealed class Committed(FileStream file, long left) : ForwardStream
    {
        private long _left = left;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left -= read;
            return read;
        }
    }
}

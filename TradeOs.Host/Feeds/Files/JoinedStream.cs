namespace TradeOs.Host;

/// <summary>Reads the first bytes of a file and then, if there is one, a second stream.</summary>
internal sealed class JoinedStream : Stream
{
    private readonly Stream _first;
    private readonly Stream? _second;
    private readonly long _firstBytes;

    /// <summary>The first <paramref name="bytes"/> bytes of <paramref name="file"/>.</summary>
    public JoinedStream(Stream file, long bytes) => (_first, _firstBytes) = (file, bytes);

    /// <summary>All of <paramref name="first"/>, then all of <paramref name="second"/>.</summary>
    public JoinedStream(Stream first, Stream second) => (_first, _second, _firstBytes) = (first, second, long.MaxValue);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => Math.Min(_first.Length, _firstBytes);

    public override long Position
    {
        get => _first.Position;
        set => _first.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        var room = (int)Math.Min(buffer.Length, _firstBytes - _first.Position);
        var read = room > 0 ? _first.Read(buffer[..room]) : 0;
        return read == 0 && _second is not null ? _second.Read(buffer) : read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => origin == SeekOrigin.End
        ? _first.Seek(Length + offset, SeekOrigin.Begin)
        : _first.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _first.Dispose();
        base.Dispose(disposing);
    }
}

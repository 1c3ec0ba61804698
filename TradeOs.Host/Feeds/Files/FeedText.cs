using System.Text.Unicode;

namespace TradeOs.Host;

/// <summary>The bytes of a file up to its end, or up to the first that cannot be read or are not UTF-8.</summary>
/// <remarks>
/// A break looks like the end to whoever reads, so that every row before it is had; then <see cref="Break"/> tells.
/// </remarks>
/// <param name="file">The file.</param>
/// <param name="packed">Its bytes.</param>
/// <param name="text">Its bytes unpacked.</param>
/// <param name="isAnyBytes">Whether bytes that are not UTF-8 are no break, as somebody looks at every line.</param>
internal sealed class FeedText(FeedFile file, Stream packed, Stream text, bool isAnyBytes) : ForwardStream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _next;
    private int _good;
    private int _length;
    private bool _hasEnded;

    /// <summary>What ended the text early; null while nothing has.</summary>
    public FeedFileException? Break { get; private set; }

    /// <summary>Bytes handed out.</summary>
    public long Delivered { get; private set; }

    /// <summary>Bytes of the file read for them.</summary>
    public long BytesRead => packed.Position;

    public override long Position
    {
        get => Delivered;
        set => throw new NotSupportedException();
    }

    /// <summary>Length of the longest beginning that is whole UTF-8 characters.</summary>
    public static int Utf8Length(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return bytes.Length;
        Span<char> characters = stackalloc char[1024];
        var good = 0;
        while (true)
        {
            Utf8.ToUtf16(bytes[good..], characters, out var read, out _, replaceInvalidSequences: false);
            if (read == 0) return good;
            good += read;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (_next == _good && !_hasEnded) Fill();
        var count = Math.Min(buffer.Length, _good - _next);
        _buffer.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        Delivered += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            text.Dispose();
            packed.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads on behind the up to three bytes of a character that was not whole yet.</summary>
    private void Fill()
    {
        _buffer.AsSpan(_good, _length - _good).CopyTo(_buffer);
        _length -= _good;
        var read = ReadText(_buffer.AsSpan(_length));
        _length += read;
        _next = 0;
        _good = isAnyBytes ? _length : Utf8Length(_buffer.AsSpan(0, _length));
        _hasEnded = read == 0;
        if (_hasEnded && Break is null && IsCutGzip()) Cut();
        if (_length - _good > 3 || (_hasEnded && _good < _length)) NotUtf8(_buffer.AsSpan(_good, _length - _good));
    }

    /// <summary>Of a zip archive, reading it to its end finds out.</summary>
    private bool IsCutGzip() => file.Packing == FeedPacking.Gzip && !file.IsComplete(Delivered + _length);

    private int ReadText(Span<byte> buffer)
    {
        try
        {
            return text.Read(buffer);
        }
        catch (InvalidDataException damage)
        {
            var packing = file.Packing == FeedPacking.Zip ? "zip" : "gzip";
            Break = new FeedFileException(
                $"{file.Path}: its {packing} data is damaged after {Delivered} unpacked bytes " +
                $"({damage.Message.Trim('.')}), expected a sound archive. Fetch it again.");
        }
        catch (IOException failure)
        {
            Break = new FeedFileException(
                $"{file.Path}: reading failed after {Delivered} bytes ({failure.Message}). Look at the disk, then " +
                "start again.");
        }

        return 0;
    }

    private void NotUtf8(ReadOnlySpan<byte> found)
    {
        _hasEnded = true;
        Break ??= new FeedFileException(
            $"{file.Path}: byte {Delivered + _good} is " +
            $"{Convert.ToHexStringLower(found[..Math.Min(2, found.Length)])}, expected UTF-8 text. " +
            "Convert it: iconv -f ENCODING -t UTF-8, or fetch it again.");
    }

    private void Cut() => Break = new FeedFileException(
        $"{file.Path}: ends after {Delivered} unpacked bytes in the middle of its gzip data, or has other bytes " +
        "behind it; expected a whole archive. Fetch it again.");
}

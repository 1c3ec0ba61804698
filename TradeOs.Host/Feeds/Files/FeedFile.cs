using System.IO.Compression;
using System.Security.Cryptography;

namespace TradeOs.Host;

/// <summary>A file of market data as it stands when the feed opens it: its bytes, its digest, its rows.</summary>
/// <remarks>
/// Only the bytes counted then are read, so a file that grows meanwhile is one file from digest to last row.
/// </remarks>
internal sealed class FeedFile
{
    private const int BufferBytes = 128 * 1024;

    private FeedFile(string path, long bytes, bool isGzip) =>
        (Path, Name, Bytes, IsGzip) = (path, System.IO.Path.GetFileName(path), bytes, isGzip);

    public string Path { get; }

    public string Name { get; }

    public long Bytes { get; }

    public bool IsGzip { get; }

    /// <summary>Whether the path leads to a file at all: what a person can have typed wrong.</summary>
    /// <exception cref="FeedSpecException">Nothing is there, or a directory.</exception>
    public static void CheckPath(string path)
    {
        if (Directory.Exists(path))
            throw new FeedSpecException(
                $"{path}: is a directory, expected a file. Give one --feed for each of its files.");
        if (!File.Exists(path))
            throw new FeedSpecException($"{path}: does not exist, expected a file. Correct the path; it starts at " +
                $"{Environment.CurrentDirectory}.");
    }

    /// <summary>Opens the file and looks at its first bytes.</summary>
    /// <exception cref="FeedFileException">It is empty, may not be read, or is not what its name says.</exception>
    public static FeedFile Open(string path)
    {
        CheckPath(path);
        try
        {
            using var stream = Open(path, long.MaxValue);
            Span<byte> start = stackalloc byte[4];
            var read = stream.ReadAtLeast(start, 4, throwOnEndOfStream: false);
            var isGzip = read >= 2 && start[0] == 0x1f && start[1] == 0x8b;
            if (read == 0) throw new FeedFileException($"{path}: is empty (0 bytes), expected rows. Fetch it again.");
            if (!isGzip && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                throw new FeedFileException($"{path}: begins with {Convert.ToHexStringLower(start[..read])}, " +
                    "expected gzip's 1f8b as its name ends in .gz. Fetch it again, or take .gz off its name.");
            if (read == 4 && start.SequenceEqual("PK\u0003\u0004"u8))
                throw new FeedFileException(
                    $"{path}: is a zip archive, expected text or gzip. Unpack it: unzip {path}");
            return new FeedFile(path, new FileInfo(path).Length, isGzip);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new FeedFileException($"{path}: may not be read ({refused.Message}), expected a readable file. " +
                "Give this user the right to read it.");
        }
    }

    /// <summary>SHA-256 of the first <paramref name="bytes"/> bytes, in hexadecimal.</summary>
    public async Task<string> DigestAsync(long bytes, CancellationToken cancellationToken)
    {
        await using var stream = Open(Path, bytes);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>
    /// Whether a row ends exactly at <paramref name="bytes"/>, so that what was added behind it is rows of its own.
    /// </summary>
    public bool HasRowEndAt(long bytes)
    {
        using var stream = Open(Path, long.MaxValue);
        stream.Position = bytes - 1;
        return stream.ReadByte() is '\n' or '\r' || stream.ReadByte() is '\n' or '\r';
    }

    /// <summary>The text of the file from its beginning, unpacked and checked.</summary>
    public FeedText OpenText()
    {
        var packed = Open(Path, Bytes);
        return new FeedText(this, packed, IsGzip ? new GZipStream(packed, CompressionMode.Decompress) : packed);
    }

    /// <summary>
    /// Whether the gzip data goes on to its own end: <see cref="GZipStream"/> takes a cut file for a short one.
    /// </summary>
    /// <remarks>
    /// The last four bytes of a gzip member are its unpacked length (RFC 1952, 2.3.1). A file of several members is
    /// unpacked once more with one more member behind it: only a file that ends well lets that one be seen.
    /// </remarks>
    public bool IsComplete(long unpackedBytes)
    {
        using var packed = Open(Path, Bytes);
        if (Bytes < 18) return false;
        packed.Position = Bytes - 4;
        Span<byte> length = stackalloc byte[4];
        packed.ReadExactly(length);
        return BitConverter.ToUInt32(length) == (uint)(unpackedBytes & uint.MaxValue) || ShowsMemberBehind(packed);
    }

    private static bool ShowsMemberBehind(Stream packed)
    {
        var sentinel = SHA256.HashData("TradeOs"u8);
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(sentinel);
        packed.Position = 0;
        member.Position = 0;
        using var unpacked = new GZipStream(new JoinedStream(packed, member), CompressionMode.Decompress);
        var buffer = new byte[BufferBytes];
        var last = new byte[sentinel.Length];
        try
        {
            for (int read; (read = unpacked.Read(buffer)) > 0;) KeepLast(last, buffer.AsSpan(0, read));
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return last.AsSpan().SequenceEqual(sentinel);
    }

    private static void KeepLast(byte[] last, ReadOnlySpan<byte> next)
    {
        if (next.Length >= last.Length)
        {
            next[^last.Length..].CopyTo(last);
            return;
        }

        last.AsSpan(next.Length..).CopyTo(last);
        next.CopyTo(last.AsSpan(last.Length - next.Length));
    }

    private static JoinedStream Open(string path, long bytes) => new(
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes),
        bytes);
}

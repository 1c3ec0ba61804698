using System.IO.Compression;
using System.Security.Cryptography;

namespace TradeOs.Host;

/// <summary>A file of market data as it stands when the feed opens it: its bytes, its digest, its rows.</summary>
/// <remarks>
/// Only the bytes counted then are read, so a file that grows meanwhile is one file from digest to last row.
/// </remarks>
internal sealed class FeedFile
{
    /// <summary>What standard input is called in logs and dead letters.</summary>
    public const string StandardInputName = "stdin";

    private const int BufferBytes = 128 * 1024;

    private static ReadOnlySpan<byte> GzipMark => [0x1f, 0x8b];

    private FeedFile(string path, long bytes, FeedPacking packing) =>
        (Path, Name, Bytes, Packing) = (path, System.IO.Path.GetFileName(path), bytes, packing);

    public string Path { get; }

    public string Name { get; }

    public long Bytes { get; }

    public FeedPacking Packing { get; }

    /// <summary>What is read instead of a file, once and as it comes; null for a file.</summary>
    public LiveInput? Live { get; private init; }

    /// <summary>Whether the path leads to a file at all: what a person can have typed wrong.</summary>
    /// <exception cref="FeedSpecException">Nothing is there.</exception>
    public static void CheckPath(string path)
    {
        if (!File.Exists(path))
            throw new FeedSpecException(
                $"{path}: does not exist, expected a file or a directory of files. Correct the path; it starts at " +
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
            var packing = PackingOf(path, stream);
            if (packing == FeedPacking.Zip) ZipContent.Open(path, stream).Dispose();
            return new FeedFile(path, new FileInfo(path).Length, packing);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new FeedFileException($"{path}: may not be read ({refused.Message}), expected a readable file. " +
                "Give this user the right to read it.");
        }
    }

    /// <summary>Standard input, or what stands for it: it has no size, no digest, and is read once.</summary>
    public static FeedFile Of(LiveInput live) => new(StandardInputName, 0, FeedPacking.None) { Live = live };

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
    /// <param name="isAnyBytes">Whether bytes that are not UTF-8 do not end it.</param>
    public FeedText OpenText(bool isAnyBytes = false)
    {
        if (Live is not null) return new FeedText(this, Live, Live, isAnyBytes);
        var packed = Open(Path, Bytes);
        return new FeedText(this, packed, Unpack(packed), isAnyBytes);
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

    private static FeedPacking PackingOf(string path, Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        var read = stream.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        if (read == 0) throw new FeedFileException($"{path}: is empty (0 bytes), expected rows. Fetch it again.");
        if (start.StartsWith(GzipMark)) return FeedPacking.Gzip;

        // The second mark is that of an archive with nothing in it.
        if (start.SequenceEqual("PK\u0003\u0004"u8) || start.SequenceEqual("PK\u0005\u0006"u8)) return FeedPacking.Zip;
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) throw IsNot("gzip's 1f8b", ".gz", start[..read]);
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            throw IsNot("zip's 504b0304", ".zip", start[..read]);
        return FeedPacking.None;

        FeedFileException IsNot(string mark, string ending, ReadOnlySpan<byte> found) => new(
            $"{path}: begins with {Convert.ToHexStringLower(found)}, expected {mark} as its name ends in {ending}. " +
            $"Fetch it again, or take {ending} off its name.");
    }

    private Stream Unpack(Stream packed) => Packing switch
    {
        FeedPacking.Gzip => new GZipStream(packed, CompressionMode.Decompress),
        FeedPacking.Zip => ZipContent.Open(Path, packed),
        _ => packed,
    };

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

/// <summary>How the bytes of a file are packed; its first bytes tell, not its name.</summary>
internal enum FeedPacking
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip, one member or several.</summary>
    Gzip,

    /// <summary>A zip archive of one file.</summary>
    Zip,
}

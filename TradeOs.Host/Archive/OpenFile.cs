using System.Buffers;
using System.Security.Cryptography;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The file of a segment while it grows: what is appended is on disk when the call returns.</summary>
internal sealed class OpenFile : IDisposable
{
    private const int ChunkBytes = 128 * 1024;

    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private OpenFile(FileStream file) => _file = file;

    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>SHA-256 of these.</summary>
    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>A new file; one of that name was never committed.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static OpenFile Create(ArchiveFolder folder, EntryId first)
    {
        var file = new OpenFile(new FileStream(
            folder.Open(first), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));
        DirectorySync.Flush(folder.FullPath);
        return file;
    }

    /// <summary>Goes on behind what was committed; what a crash left behind that is cut off.</summary>
    /// <exception cref="StreamDamagedException">The file is not what was committed.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public static OpenFile Continue(string path, OpenSegment open)
    {
        var file = new OpenFile(new FileStream(
            path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0));
        try
        {
            file.Read(path, open);
            file._file.SetLength(open.Bytes);
            file._file.Position = open.Bytes;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that a file begins with what was committed.</summary>
    /// <exception cref="StreamDamagedException">It does not.</exception>
    public static void Verify(string path, OpenSegment open)
    {
        using var file = new OpenFile(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        file.Read(path, open);
    }

    /// <summary>Adds bytes and returns when they are on disk; after a failure the file is opened again.</summary>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _file.Flush(flushToDisk: true);
        _hash.AppendData(bytes);
        Bytes += bytes.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private void Read(string path, OpenSegment open)
    {
        if (_file.Length < open.Bytes)
        {
            throw new StreamDamagedException(
                $"{path} has {_file.Length} bytes, expected at least {open.Bytes}, which were committed to it. " +
                "Restore it from a copy.");
        }

        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        while (Bytes < open.Bytes)
        {
            var count = _file.Read(chunk.AsSpan(0, (int)Math.Min(chunk.Length, open.Bytes - Bytes)));
            _hash.AppendData(chunk, 0, count);
            Bytes += count;
        }

        ArrayPool<byte>.Shared.Return(chunk);
        if (Sha256 == open.Sha256) return;
        throw new StreamDamagedException(
            $"{path}: its first {open.Bytes} bytes have the SHA-256 {Sha256}, expected {open.Sha256} as committed. " +
            "Somebody or the disk changed it: restore it from a copy.");
    }
}

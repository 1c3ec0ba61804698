using System.Globalization;
using System.IO.Compression;

namespace TradeOs.Host;

/// <summary>The one file in a zip archive, unpacked as it is read and held against its checksum at its end.</summary>
internal sealed class ZipContent : ForwardStream
{
    private readonly ZipArchive _archive;
    private readonly Stream _content;
    private readonly uint _expected;
    private readonly long _length;
    private Crc32 _found = new();
    private long _read;

    private ZipContent(ZipArchive archive, ZipArchiveEntry entry)
    {
        (_archive, _expected, _length) = (archive, entry.Crc32, entry.Length);
        _content = entry.Open();
    }

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <summary>Opens the one file in the archive.</summary>
    /// <param name="path">Path of the archive, for messages.</param>
    /// <param name="packed">The archive; the caller closes it.</param>
    /// <exception cref="FeedFileException">
    /// The archive is cut off or damaged, or does not hold exactly one file that can be unpacked.
    /// </exception>
    public static ZipContent Open(string path, Stream packed)
    {
        ZipArchive? archive = null;
        try
        {
            archive = new ZipArchive(packed, ZipArchiveMode.Read, leaveOpen: true);
            var entry = TheOnlyFile(path, archive);
            var content = new ZipContent(archive, entry);
            archive = null;
            return content;
        }
        catch (InvalidDataException damage) when (archive is null)
        {
            throw new FeedFileException(
                $"{path}: is a zip archive without the directory that stands at its end " +
                $"({damage.Message.Trim('.')}): it was cut off, expected a whole archive. Fetch it again.");
        }
        catch (InvalidDataException damage)
        {
            throw new FeedFileException(
                $"{path}: is a zip archive that cannot be unpacked ({damage.Message.Trim('.')}), expected a sound " +
                $"one, stored or deflated. Fetch it again, or unpack it: unzip {path}");
        }
        finally
        {
            archive?.Dispose();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The content ended and is not what was packed.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = _content.Read(buffer);
        _found.Add(buffer[..count]);
        _read += count;
        if (count > 0 || buffer.Length == 0) return count;
        if (_read != _length) throw new InvalidDataException(Text($"{_read} bytes unpacked, expected {_length}"));
        return _found.Value == _expected
            ? 0
            : throw new InvalidDataException(Text($"CRC-32 is {_found.Value:x8}, expected {_expected:x8}"));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
            _archive.Dispose();
        }

        base.Dispose(disposing);
    }

    private static ZipArchiveEntry TheOnlyFile(string path, ZipArchive archive)
    {
        // A name that ends in a slash is a folder.
        var files = archive.Entries.Where(entry => !entry.FullName.EndsWith('/')).ToList();
        if (files.Count == 0)
            throw new FeedFileException(
                $"{path}: is a zip archive with no file in it, expected exactly one. Fetch it again.");
        if (files.Count > 1)
        {
            var names = NameList.Of([.. files.Select(file => file.FullName)]);
            throw new FeedFileException(
                $"{path}: is a zip archive of {files.Count} files ({names}), expected exactly one. Unpack it " +
                $"(unzip {path} -d DIR) and name the directory: --feed FORMAT:DIR");
        }

        return files[0].IsEncrypted
            ? throw new FeedFileException(
                $"{path}: is a zip archive whose file {files[0].FullName} is encrypted, expected one without a " +
                $"password. Unpack it with its password (unzip {path}) and name what comes out.")
            : files[0];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

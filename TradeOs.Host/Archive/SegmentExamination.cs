using System.Security.Cryptography;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Holds one segment against what is said of it: its bytes, then every entry in it.</summary>
internal static class SegmentExamination
{
    /// <summary>What is wrong with a sealed segment; null when nothing is.</summary>
    public static string? Look(ArchiveFolder folder, SegmentRecord record)
    {
        var path = folder.Sealed(record.First);
        try
        {
            return WrongBytes(path, record) ?? WrongEntries(path, record);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {failure.Message}";
        }
    }

    /// <summary>How many entries can be read from the beginning of a file, and the last of them; for one of which
    /// nobody says how long it is.</summary>
    public static (long Entries, EntryId Last, bool IsWhole) Count(string path)
    {
        var (count, last) = (0L, EntryId.Zero);
        try
        {
            using var lines = new SegmentLines(path, 0, new FileInfo(path).Length);
            for (; lines.Next(out var line); count++)
            {
                var entry = ArchiveLine.Parse(line);
                if (entry.Id <= last) return (count, last, false);
                last = entry.Id;
            }

            return (count, last, true);
        }
        catch (Exception torn) when (torn is InvalidDataException or FormatException or IOException)
        {
            return (count, last, false);
        }
    }

    private static string? WrongBytes(string path, SegmentRecord record)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length != record.Bytes) return $"it has {file.Length} bytes, its record says {record.Bytes}";
        var found = Convert.ToHexStringLower(SHA256.HashData(file));
        return found == record.Sha256 ? null : $"its SHA-256 is {found}, its record says {record.Sha256}";
    }

    private static string? WrongEntries(string path, SegmentRecord record)
    {
        var (count, last, isWhole) = Count(path);
        return !isWhole ? $"it cannot be read behind {last}, entry {count} of {record.Entries}"
            : count != record.Entries ? $"it has {count} entries, its record says {record.Entries}"
            : last != record.Last ? $"it ends with {last}, its record says {record.Last}"
            : null;
    }
}

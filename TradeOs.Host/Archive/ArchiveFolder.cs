using System.Text;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The files of one stream's archive: <c>archive/STREAM</c> in a data directory.</summary>
internal sealed class ArchiveFolder(string dataDirectory, string stream)
{
    private const string SealedEnd = ".ndjson.gz";
    private const string OpenEnd = ".ndjson.gz.open";
    private const string RecordEnd = ".json";
    private const string DraftEnd = ".new";
    private const string HeadName = "head.json";

    /// <summary>Which stream.</summary>
    public string Stream => stream;

    /// <summary>The folder.</summary>
    public string FullPath { get; } = Path.Combine(Path.GetFullPath(dataDirectory), "archive", stream);

    /// <summary>Where the head is kept.</summary>
    public string HeadPath => Path.Combine(FullPath, HeadName);

    /// <summary>Whether it is there.</summary>
    public bool Exists => Directory.Exists(FullPath);

    /// <summary>Whether there is nothing in it, or no folder.</summary>
    public bool IsEmpty => !Names().Any();

    /// <summary>Name of a sealed segment.</summary>
    public static string SealedName(EntryId first) => first + SealedEnd;

    /// <summary>Path of a sealed segment.</summary>
    public string Sealed(EntryId first) => Path.Combine(FullPath, first + SealedEnd);

    /// <summary>Path of the segment while it grows.</summary>
    public string Open(EntryId first) => Path.Combine(FullPath, first + OpenEnd);

    /// <summary>Path of the record of a sealed segment.</summary>
    public string Record(EntryId first) => Path.Combine(FullPath, first + RecordEnd);

    /// <summary>First entries of the sealed segments, in order.</summary>
    public List<EntryId> SealedSegments() => FirstsOf(SealedEnd);

    /// <summary>First entries of the segments that are not sealed, in order: one, or strays of a crash.</summary>
    public List<EntryId> OpenSegments() => FirstsOf(OpenEnd);

    /// <summary>Names of files that no archive has.</summary>
    public IEnumerable<string> Strangers() => Names()
        .Where(name => name != HeadName && !name.EndsWith(DraftEnd, StringComparison.Ordinal))
        .Where(name => ((string[])[SealedEnd, OpenEnd, RecordEnd]).All(end => FirstOf(name, end) is null));

    /// <summary>First entries of the records, in order.</summary>
    public List<EntryId> Records() => FirstsOf(RecordEnd);

    /// <summary>What the head says; null when there is none.</summary>
    /// <exception cref="StreamDamagedException">It is not what was written there.</exception>
    public ChainHead? ReadHead()
    {
        if (!File.Exists(HeadPath)) return null;
        try
        {
            return ArchiveJson.Parse<ChainHead>(File.ReadAllBytes(HeadPath));
        }
        catch (System.Text.Json.JsonException failure)
        {
            throw new StreamDamagedException(
                $"{HeadPath} is not what the archive wrote there: {failure.Message} Restore it from a copy.");
        }
    }

    /// <summary>Takes the folder for this process until it is given back or the process ends.</summary>
    /// <remarks>Redis fences a host that was replaced, files do not: one that was frozen over a write wakes up with it.
    /// </remarks>
    /// <exception cref="IOException">Another process has it, or the disk does not take the file.</exception>
    public IDisposable Lock()
    {
        var path = FullPath + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (File.Exists(path))
        {
            throw new IOException(
                $"{path} is held by another process, a host that was replaced and has not ended. End it; the archive " +
                "goes on by itself.", held);
        }
    }

    /// <summary>Makes the folder.</summary>
    public void Create()
    {
        if (Exists) return;
        Directory.CreateDirectory(FullPath);
        DirectorySync.Flush(Path.GetDirectoryName(FullPath)!);
    }

    /// <summary>Writes a small file whole: nobody ever finds half of it, and it is on disk afterwards.</summary>
    public void Write(string path, byte[] bytes)
    {
        var draft = path + DraftEnd;
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        DirectorySync.Flush(FullPath);
    }

    /// <summary>Gives the open segment its final name.</summary>
    public void Seal(EntryId first)
    {
        File.Move(Open(first), Sealed(first));
        DirectorySync.Flush(FullPath);
    }

    /// <summary>Removes what a crash left: drafts, and segments that were never committed. Their entries are still in
    /// the stream.</summary>
    /// <param name="open">The segment that was committed; null when there is none.</param>
    public void RemoveStrays(EntryId? open)
    {
        foreach (var name in Names().Where(name => name.EndsWith(DraftEnd, StringComparison.Ordinal)).ToList())
            File.Delete(Path.Combine(FullPath, name));
        foreach (var first in OpenSegments().Where(first => first != open)) File.Delete(Open(first));
        if (open is { } growing) File.Delete(Record(growing));
    }

    private IEnumerable<string> Names() =>
        Exists ? Directory.EnumerateFileSystemEntries(FullPath).Select(path => Path.GetFileName(path)) : [];

    private List<EntryId> FirstsOf(string end) =>
        [.. Names().Select(name => FirstOf(name, end)).OfType<EntryId>().Order()];

    private static EntryId? FirstOf(string name, string end) =>
        name.EndsWith(end, StringComparison.Ordinal)
        && EntryId.TryParse(Encoding.UTF8.GetBytes(name[..^end.Length]), out var first) && first + end == name
            ? first
            : null;
}

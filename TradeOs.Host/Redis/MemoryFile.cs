using System.Text.Json;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary><c>memory.json</c> in a data directory: how far everything had come when this host last looked.</summary>
/// <remarks>
/// A Redis whose data was set back as a whole looks consistent; only what is kept beside it shows. Written at most once
/// a second, so a host that was killed may have come a second further.
/// </remarks>
/// <param name="dataDirectory">The data directory; it exists.</param>
public sealed class MemoryFile(string dataDirectory)
{
    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    private string _written = "";

    /// <summary>Path of the file.</summary>
    public string FilePath { get; } = Path.Combine(Path.GetFullPath(dataDirectory), "memory.json");

    /// <summary>What the file says; empty when there is none.</summary>
    /// <exception cref="RefusedException">It cannot be understood.</exception>
    public PipelineMemory Read()
    {
        var memory = new PipelineMemory();
        if (!File.Exists(FilePath)) return memory;
        var kept = Parse(File.ReadAllText(FilePath));
        foreach (var (reader, count) in kept.Readers) memory.Note(reader, count);
        foreach (var (stream, mark) in kept.Streams)
            memory.Note(stream, new StreamMark(mark.Added, EntryId.Parse(mark.LastId)));
        return memory;
    }

    /// <summary>Writes it, when it changed.</summary>
    public void Write(PipelineMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var (readers, streams) = memory.Copy();
        var kept = new Kept(
            readers,
            streams.ToDictionary(mark => mark.Key, mark => new Mark(mark.Value.Added, mark.Value.LastId.ToString())));
        var text = JsonSerializer.Serialize(kept, Format);
        if (text == _written) return;
        var draft = FilePath + ".new";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, FilePath, overwrite: true);
        _written = text;
    }

    private Kept Parse(string text)
    {
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(text, Format);
            if (kept is { Readers: not null, Streams: not null }) return kept;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new RefusedException(
            $"{FilePath}: found \"{text[..Math.Min(text.Length, 80)]}\", expected JSON with readers and streams. " +
            "Remove it, or start with --adopt: then only what Redis itself holds tells whether its data was set back.");
    }

    private sealed record Kept(IReadOnlyDictionary<string, long> Readers, IReadOnlyDictionary<string, Mark> Streams);

    private sealed record Mark(long Added, string LastId);
}

namespace TradeOs.Bus;

/// <summary>What a server would hold: streams, checkpoints, the control flag. Shared by the buses opened on
/// it.</summary>
/// <remarks>Nothing in it survives the process. Members are used under <see cref="Lock"/>.</remarks>
/// <param name="limits">MaxLength and readers by stream; a stream that is not named is unbounded.</param>
public sealed class MemoryStore(IReadOnlyDictionary<string, StreamLimit> limits)
{
    internal Lock Lock { get; } = new();

    internal Dictionary<string, MemoryStream> Streams { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, MemoryReaderRecord> Readers { get; } = new(StringComparer.Ordinal);

    internal string Control { get; set; } = "";

    internal TaskCompletionSource Room { get; private set; } = NewSignal();

    /// <summary>Registers a reader the first time: its checkpoint and its streams.</summary>
    internal MemoryReaderRecord Register(ReaderDefinition definition)
    {
        if (Readers.TryGetValue(definition.Name, out var known)) return known;
        foreach (var stream in definition.Outputs) Streams.TryAdd(stream, new MemoryStream());
        if (definition.Input is { } input) Streams.TryAdd(input, new MemoryStream());
        return Readers[definition.Name] = new MemoryReaderRecord();
    }

    /// <summary>How many entries to keep so that <paramref name="more"/> fit; null when the slowest reader is in the
    /// way.</summary>
    internal int? KeepFor(string stream, int more, out string holder)
    {
        holder = "";
        var length = Streams[stream].Length;
        if (!limits.TryGetValue(stream, out var limit) || length + more <= limit.MaxLength) return length;
        var unread = 0L;
        foreach (var reader in limit.Readers)
        {
            var count = Readers.TryGetValue(reader, out var record) ? record.Checkpoint.Count : 0;
            var behind = Streams[stream].Added - count;
            if (behind > unread) (unread, holder) = (behind, reader);
        }

        if (unread + more > limit.MaxLength) return null;
        return (int)Math.Max(unread, limit.MaxLength - more - (limit.MaxLength / 10));
    }

    /// <summary>Wakes every writer that waits for room.</summary>
    internal void SignalRoom()
    {
        Room.SetResult();
        Room = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What is kept of one reader.</summary>
internal sealed class MemoryReaderRecord
{
    public long Epoch { get; set; }

    public object? Owner { get; set; }

    public int StateVersion { get; set; }

    public Checkpoint Checkpoint { get; set; } = Checkpoint.Start;

    public long CommitNumber { get; set; }

    public Dictionary<string, string> State { get; } = new(StringComparer.Ordinal);
}

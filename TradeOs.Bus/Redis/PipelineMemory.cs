using System.Globalization;

namespace TradeOs.Bus;

/// <summary>The highest point this host, or the host before it, saw everything at: nothing may ever be behind
/// it.</summary>
/// <remarks>It only rises. What is in it was acknowledged, so a server that is behind it lost data, or was set
/// back.</remarks>
public sealed class PipelineMemory
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _readers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, StreamMark> _streams = new(StringComparer.Ordinal);

    /// <summary>Everything, in order of name: a copy.</summary>
    public (IReadOnlyDictionary<string, long> Readers, IReadOnlyDictionary<string, StreamMark> Streams) Copy()
    {
        lock (_lock)
        {
            return (new SortedDictionary<string, long>(_readers, StringComparer.Ordinal),
                new SortedDictionary<string, StreamMark>(_streams, StringComparer.Ordinal));
        }
    }

    /// <summary>Whether that reader was ever open.</summary>
    public bool HasRead(string reader)
    {
        lock (_lock) return _readers.ContainsKey(reader);
    }

    /// <summary>A reader was seen with so many inputs committed.</summary>
    public void Note(string reader, long count)
    {
        lock (_lock) _readers[reader] = Math.Max(count, _readers.GetValueOrDefault(reader));
    }

    /// <summary>A reader was taken out: should one of its name be opened again, it is a new one.</summary>
    public void Forget(string reader)
    {
        lock (_lock) _readers.Remove(reader);
    }

    /// <summary>A stream was seen like that.</summary>
    public void Note(string stream, StreamMark mark)
    {
        lock (_lock)
        {
            var before = _streams.GetValueOrDefault(stream);
            _streams[stream] = new StreamMark(
                Math.Max(before.Added, mark.Added), before.LastId > mark.LastId ? before.LastId : mark.LastId);
        }
    }

    /// <summary>Inputs that reader had committed at least; 0 when nothing is known.</summary>
    public long CountOf(string reader)
    {
        lock (_lock) return _readers.GetValueOrDefault(reader);
    }

    /// <summary>How far a stream was seen. Taken before the server is asked: while the answer is on its way others
    /// append, and that is seen, too.</summary>
    internal StreamMark MarkOf(string stream)
    {
        lock (_lock) return _streams.GetValueOrDefault(stream);
    }

    /// <summary>Throws when a stream is behind what was known before it was asked for.</summary>
    internal static void ThrowIfSetBack(string stream, StreamMark known, StreamFacts facts)
    {
        if (facts.LastId < known.LastId) throw Loss.SetBack(stream, facts.LastId, known.LastId.ToString());
        if (facts.Added >= known.Added) return;
        throw new StreamDamagedException(string.Create(
            CultureInfo.InvariantCulture,
            $"{stream}: {facts.Added} entries were ever appended, expected at least {known.Added}, which were seen " +
            $"in it. The stream was deleted and made anew, or set back to an older copy; {Loss.Next}"));
    }
}

/// <summary>How far a stream had come.</summary>
/// <param name="Added">Entries ever appended.</param>
/// <param name="LastId">Last id given out.</param>
public readonly record struct StreamMark(long Added, EntryId LastId);

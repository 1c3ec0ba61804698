using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>What the next trim of a stream would take away, and what holds the rest.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="Length">Entries it holds.</param>
/// <param name="Limit">Its bounds.</param>
/// <param name="Holder">Who is furthest behind; null when every reader has read everything.</param>
/// <param name="Unread">Entries that one is not done with; none of them is trimmed.</param>
/// <param name="Bytes">Memory it takes, as the server estimates.</param>
/// <param name="First">Oldest entry it holds.</param>
public sealed record TrimPlan(
    string Stream, long Length, StreamLimit Limit, FloorReader? Holder, long Unread, long Bytes, EntryId First)
{
    /// <summary>Entries a commit at the cap would take away: down to the low-water mark, or to the holder.</summary>
    public long Next => Length - Math.Min(Length, Math.Max(Unread, Limit.LowWaterMark));

    /// <summary>Entries that could be taken away at most: those every reader is done with.</summary>
    public long Most => Length - Unread;

    /// <summary>Entries that the holder keeps beyond the low-water mark.</summary>
    public long Held => Math.Max(0, Math.Min(Length, Unread) - Limit.LowWaterMark);

    /// <summary>Whether a writer that brings so many entries at once has to wait for the holder.</summary>
    public bool IsFullFor(int count) => Unread + count > Limit.MaxLength;

    /// <summary>Whether its oldest entry is older, or all together are larger, than they may be.</summary>
    /// <param name="now">Now.</param>
    public bool IsOverdue(DateTimeOffset now) => Length > 0 &&
        ((Limit.MaxAge is { } age && (long)First.Milliseconds < (now - age).ToUnixTimeMilliseconds()) ||
         Bytes > Limit.MaxBytes);

    /// <summary>A plan for each stream, in the order of the names given.</summary>
    public static ImmutableArray<TrimPlan> Of(
        RetentionSnapshot snapshot, IReadOnlyDictionary<string, StreamLimit> limits, IEnumerable<string> streams)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(streams);
        return
        [
            .. from stream in streams
               let standing = snapshot.Streams[stream]
               select new TrimPlan(
                   stream, standing.Length, limits[stream], standing.Holder, standing.Unread, standing.Bytes,
                   standing.First),
        ];
    }
}

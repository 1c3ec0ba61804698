using System.Text.Json.Serialization;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Where the chain of sealed segments of a stream ends: in <c>head.json</c>, and in Redis as well.</summary>
/// <remarks>Each segment names the one before it; only this knows which one is the last.</remarks>
/// <param name="Format">Form of the archive, 1.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Segments">How many sealed segments there are.</param>
/// <param name="Segment">First entry of the newest, which names its files; <c>0-0</c> when there is none.</param>
/// <param name="Record">SHA-256 of the newest one's record; empty when there is none.</param>
/// <param name="Last">Last entry sealed.</param>
/// <param name="Number">Number of that entry.</param>
/// <param name="Forgotten">Whether archiving was switched off since: then Redis knows nothing of it.</param>
internal sealed record ChainHead(
    int Format, string Stream, long Segments, EntryId Segment, string Record, EntryId Last, long Number,
    bool Forgotten)
{
    /// <summary>Before the first segment.</summary>
    public static ChainHead Before(string stream) =>
        new(SegmentRecord.FormatNow, stream, 0, EntryId.Zero, "", EntryId.Zero, 0, false);

    /// <summary>With one more segment.</summary>
    /// <param name="record">What it holds.</param>
    /// <param name="digest">SHA-256 of its record.</param>
    public ChainHead Behind(SegmentRecord record, string digest) => this with
    {
        Segments = Segments + 1, Segment = record.First, Record = digest, Last = record.Last,
        Number = record.LastNumber, Forgotten = false,
    };
}

/// <summary>The segment that grows, as it was last committed.</summary>
/// <param name="First">First entry, which names its file.</param>
/// <param name="Last">Last entry committed.</param>
/// <param name="Number">Number of the first entry.</param>
/// <param name="Entries">Entries committed.</param>
/// <param name="Bytes">Length of the file up to there; what is behind does not count.</param>
/// <param name="Sha256">SHA-256 of these bytes.</param>
internal sealed record OpenSegment(
    EntryId First, EntryId Last, long Number, long Entries, long Bytes, string Sha256)
{
    /// <summary>Number of the last entry.</summary>
    [JsonIgnore]
    public long LastNumber => Number + Entries - 1;
}

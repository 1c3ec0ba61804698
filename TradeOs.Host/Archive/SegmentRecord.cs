using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>A place in a segment where reading can begin.</summary>
/// <param name="Offset">Where a gzip member begins, in bytes.</param>
/// <param name="Id">First entry behind it.</param>
/// <param name="Number">Number of that entry.</param>
internal sealed record IndexPoint(long Offset, EntryId Id, long Number);

/// <summary>What the file beside a sealed segment says of it.</summary>
/// <param name="Format">Form of segment and record, 1.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="First">First entry.</param>
/// <param name="Last">Last entry.</param>
/// <param name="Number">Number of the first entry: how many had been appended to the stream by then.</param>
/// <param name="Entries">How many entries; their numbers have no gap.</param>
/// <param name="Bytes">Length of the segment file.</param>
/// <param name="Sha256">SHA-256 of the segment file.</param>
/// <param name="Previous">SHA-256 of the record before this one; empty for the first.</param>
/// <param name="Index">Where reading can begin, in order; the first is the segment's beginning.</param>
internal sealed record SegmentRecord(
    int Format, string Stream, EntryId First, EntryId Last, long Number, long Entries, long Bytes, string Sha256,
    string Previous, ImmutableArray<IndexPoint> Index)
{
    /// <summary>The form this program writes.</summary>
    public const int FormatNow = 1;

    /// <summary>Number of the last entry.</summary>
    [JsonIgnore]
    public long LastNumber => Number + Entries - 1;

    /// <summary>SHA-256 of bytes, in lower-case hexadecimal.</summary>
    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

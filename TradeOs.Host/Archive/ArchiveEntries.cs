using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Reads what is archived of one stream, from any entry on.</summary>
/// <remarks>An entry is found in one step: by the names of the segments, then by the index of one.</remarks>
internal sealed class ArchiveEntries(ArchiveFolder folder)
{
    /// <summary>Archived entries behind <paramref name="after"/>, in order, each on memory of its own.</summary>
    /// <param name="after">The entry before.</param>
    /// <param name="state">What is archived; entries written since are not given.</param>
    /// <exception cref="StreamDamagedException">A segment is missing or not what was written.</exception>
    public IEnumerable<Entry> Behind(EntryId after, ArchiveState state)
    {
        var segments = Segments(state);
        var from = segments.BinarySearch(after);
        if (from < 0) from = Math.Max(0, ~from - 1);
        string? digest = null;
        for (var index = from; index < segments.Count; index++)
        {
            var segment = SegmentOf(segments[index], state, ref digest);
            if (segment.Last <= after) continue;
            foreach (var entry in EntriesOf(segment, after)) yield return entry;
        }
    }

    /// <summary>A place from which at least so many entries come before one, where there are so many.</summary>
    /// <exception cref="StreamDamagedException">A segment is missing or not what was written.</exception>
    public EntryId PlaceBefore(EntryId before, long count, ArchiveState state)
    {
        var segments = Segments(state);
        var place = segments.Count > 0 ? segments[0] : EntryId.Zero;
        long? end = null;
        for (var index = segments.Count - 1; index >= 0; index--)
        {
            string? digest = null;
            if (segments[index] >= before) continue;
            foreach (var point in SegmentOf(segments[index], state, ref digest).Index.Reverse())
            {
                // The last place before the entry may begin right before it, so it does not count.
                if (point.Id >= before) continue;
                end ??= point.Number;
                place = point.Id;
                if (point.Number <= end - count) return place;
            }
        }

        return place;
    }

    /// <summary>The record of a sealed segment, and the SHA-256 of it.</summary>
    /// <exception cref="StreamDamagedException">It is missing or unreadable.</exception>
    public (SegmentRecord Record, string Digest) RecordOf(EntryId first)
    {
        var path = folder.Record(first);
        try
        {
            var bytes = File.ReadAllBytes(path);
            return (ArchiveJson.Parse<SegmentRecord>(bytes), SegmentRecord.Digest(bytes));
        }
        catch (Exception failure) when (failure is IOException or System.Text.Json.JsonException)
        {
            throw Damaged(path, failure.Message);
        }
    }

    /// <summary>First entries of everything archived; one sealed since is still the open one of the state.</summary>
    private List<EntryId> Segments(ArchiveState state)
    {
        var segments = folder.SealedSegments().Where(first => first <= state.Head.Segment).ToList();
        if (segments.Count != state.Head.Segments)
        {
            throw Damaged(
                folder.FullPath, $"It holds {segments.Count} sealed segments, expected {state.Head.Segments}.");
        }

        if (state.Open is { } open) segments.Add(open.First);
        return segments;
    }

    /// <summary>What is known of a segment; it must follow the one before it.</summary>
    private SegmentRecord SegmentOf(EntryId first, ArchiveState state, ref string? digest)
    {
        var (record, found) = state.Open is { } open && open.First == first
            ? (RecordOf(open, state), "")
            : RecordOf(first);
        if (record.First != first || record.Index.IsDefaultOrEmpty || (digest is not null && record.Previous != digest))
            throw Damaged(folder.Record(first), "It does not follow the segment before it.");
        digest = found;
        return record;
    }

    private SegmentRecord RecordOf(OpenSegment open, ArchiveState state) => new(
        SegmentRecord.FormatNow, folder.Stream, open.First, open.Last, open.Number, open.Entries, open.Bytes,
        open.Sha256, state.Head.Record, state.Index);

    private IEnumerable<Entry> EntriesOf(SegmentRecord segment, EntryId after)
    {
        var point = segment.Index[^1];
        for (var index = segment.Index.Length - 1; index > 0 && point.Id > after; index--)
            point = segment.Index[index - 1];
        using var lines = Open(segment, point);
        var (number, last) = (point.Number, EntryId.Zero);
        for (; number <= segment.LastNumber; number++)
        {
            var entry = Next(lines, segment);
            if (entry.Id <= last) throw Damaged(PathOf(segment), $"{entry.Id} follows {last}.");
            last = entry.Id;
            if (entry.Id > after) yield return entry;
        }

        if (last != segment.Last) throw Damaged(PathOf(segment), $"It ends with {last}, expected {segment.Last}.");
    }

    private SegmentLines Open(SegmentRecord segment, IndexPoint point)
    {
        try
        {
            return new SegmentLines(PathOf(segment), point.Offset, segment.Bytes);
        }
        catch (FileNotFoundException) when (File.Exists(folder.Sealed(segment.First)))
        {
            // It was sealed between the look at its name and this.
            return new SegmentLines(folder.Sealed(segment.First), point.Offset, segment.Bytes);
        }
        catch (IOException failure)
        {
            throw Damaged(PathOf(segment), failure.Message);
        }
    }

    private Entry Next(SegmentLines lines, SegmentRecord segment)
    {
        try
        {
            return lines.Next(out var line)
                ? ArchiveLine.Parse(line)
                : throw Damaged(PathOf(segment), $"It has fewer than {segment.Entries} entries.");
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException or IOException)
        {
            throw Damaged(PathOf(segment), failure.Message);
        }
    }

    private string PathOf(SegmentRecord segment) => File.Exists(folder.Open(segment.First))
        ? folder.Open(segment.First)
        : folder.Sealed(segment.First);

    private StreamDamagedException Damaged(string path, string why) => new(
        $"{path} is not what was archived: {why} tradeos archive verify {folder.Stream} says all that is wrong; " +
        "restore it from a copy.");
}

using System.Buffers;
using System.IO.Compression;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Writes the entries of one stream to its segments, and says in each batch what is written.</summary>
/// <remarks>
/// A flush appends one whole gzip member and brings it to disk; the commit that follows makes it count. Sealing gives a
/// segment its record, its final name and its place in the head, in this order, and then commits: each step can be done
/// again, so it does not matter after which one the power goes.
/// </remarks>
internal sealed class ArchiveWriter : IDisposable
{
    /// <summary>Reading begins at one of about so many places of a segment.</summary>
    private const int IndexMax = 256;

    /// <summary>Text that is flushed at once, however few entries it is of.</summary>
    private const int TextBytesMax = 4 * 1024 * 1024;

    private const ulong MillisecondsOfDay = 86_400_000;

    private readonly ArchiveFolder _folder;
    private readonly ArchiveOptions _options;
    private readonly ArrayBufferWriter<byte> _text = new(64 * 1024);
    private readonly MemoryStream _member = new();
    private readonly ArchiveLine _line;
    private readonly List<IndexPoint> _index;
    private ChainHead _head;
    private OpenSegment? _open;
    private OpenFile? _file;
    private long _number;
    private IndexPoint? _pending;
    private EntryId _last;
    private long _entries;

    /// <summary>Goes on from a state.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="options">When a segment is full.</param>
    /// <param name="state">What is archived.</param>
    /// <param name="file">The file of the open segment, at its end; null when there is none.</param>
    public ArchiveWriter(ArchiveFolder folder, ArchiveOptions options, ArchiveState state, OpenFile? file)
    {
        (_folder, _options, _head, _open, _file) = (folder, options, state.Head, state.Open, file);
        _index = [.. state.Index];
        _line = new ArchiveLine(_text);
    }

    /// <summary>What is archived when everything flushed has been committed.</summary>
    public ArchiveState State => new(_head, _open, [.. _index]);

    /// <summary>Whether that is what Redis says.</summary>
    public bool IsAt(ArchiveState? kept) => kept is not null && kept.Head == _head && kept.Open == _open;

    /// <summary>Whether so much text waits that it must be flushed.</summary>
    public bool IsFull => _text.WrittenCount >= TextBytesMax;

    /// <summary>Forgets what was taken and not flushed; the reader brings it again.</summary>
    /// <param name="count">Entries of the stream before the next one that is taken.</param>
    public void GoOnFrom(long count)
    {
        _number = count;
        Clear();
    }

    /// <summary>Whether the open segment ends before this entry: it is large enough, another day begins, or entries
    /// between are lost and an operator accepted it.</summary>
    public bool EndsBefore(EntryId next)
    {
        if (_open is null && _pending is null) return false;
        var first = _open?.First ?? _pending!.Id;
        if (DayOf(first) != DayOf(next)) return true;
        return _pending is null && (_open!.Bytes >= _options.SegmentBytesMax || _number != _open.LastNumber);
    }

    /// <summary>Takes the next entry of the stream; one that was archived before is only counted.</summary>
    /// <exception cref="RefusedException">The stream is not the one that was archived before.</exception>
    public void Take(Entry entry)
    {
        _number++;
        if (_pending is null && entry.Id <= Archived.Last) return;
        if (_pending is null && _number <= Archived.Number) throw AnotherStream(entry.Id);
        _pending ??= new IndexPoint(_open?.Bytes ?? 0, entry.Id, _number);
        _line.Write(entry);
        _last = entry.Id;
        _entries++;
    }

    /// <summary>Brings what was taken to disk, and adds to <paramref name="batch"/> that it is there.</summary>
    /// <exception cref="IOException">The disk is full, or fails: nothing counts; recover.</exception>
    public void Flush(Batch batch)
    {
        if (_pending is not { } point) return;
        _file ??= OpenFile.Create(_folder, point.Id);
        _file.Append(Member());
        if (_index.Count == 0 || point.Offset - _index[^1].Offset >= _options.SegmentBytesMax / IndexMax)
        {
            ArchiveState.Save(batch, _index.Count, point);
            _index.Add(point);
        }

        _open = new OpenSegment(
            _open?.First ?? point.Id, _last, _open?.Number ?? point.Number, (_open?.Entries ?? 0) + _entries,
            _file.Bytes, _file.Sha256);
        ArchiveState.Save(batch, _open);
        Clear();
    }

    /// <summary>Seals the open segment, and adds to <paramref name="batch"/> that it is sealed.</summary>
    /// <exception cref="IOException">The disk is full, or fails: recover, and seal again.</exception>
    public void Seal(Batch batch)
    {
        if (_open is not { } open) return;
        var record = new SegmentRecord(
            SegmentRecord.FormatNow, _folder.Stream, open.First, open.Last, open.Number, open.Entries, open.Bytes,
            open.Sha256, _head.Record, [.. _index]);
        var bytes = ArchiveJson.ToFile(record);
        _file?.Dispose();
        _file = null;
        _folder.Write(_folder.Record(open.First), bytes);
        if (File.Exists(_folder.Open(open.First))) _folder.Seal(open.First);
        _head = _head.Behind(record, SegmentRecord.Digest(bytes));
        _folder.Write(_folder.HeadPath, ArchiveJson.ToFile(_head));
        ArchiveState.RemoveOpen(batch, _index.Count);
        ArchiveState.Save(batch, _head);
        _open = null;
        _index.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _line.Dispose();
        _member.Dispose();
    }

    /// <summary>The last entry flushed, and its number.</summary>
    private (EntryId Last, long Number) Archived =>
        _open is { } open ? (open.Last, open.LastNumber) : (_head.Last, _head.Number);

    private static ulong DayOf(EntryId id) => id.Milliseconds / MillisecondsOfDay;

    private ReadOnlySpan<byte> Member()
    {
        _member.SetLength(0);
        using (var zip = new GZipStream(_member, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(_text.WrittenSpan);
        return _member.GetBuffer().AsSpan(0, (int)_member.Length);
    }

    private void Clear()
    {
        (_pending, _entries) = (null, 0);
        if (_text.WrittenCount <= TextBytesMax) _text.ResetWrittenCount();
        else _text.Clear();
    }

    private RefusedException AnotherStream(EntryId id) => new(
        $"{_folder.FullPath} ends with entry number {Archived.Number}, {Archived.Last}, but {_folder.Stream}/{id} is " +
        $"only number {_number} of the stream that Redis has: it was made anew since. " +
        ArchiveRecovery.Aside(_folder.Stream));
}

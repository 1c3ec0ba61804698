using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Walks the sealed segments of one archive: each must be what its record says, and each record must name the
/// one before.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="looked">Told of each segment that was looked at.</param>
internal sealed class ChainExamination(ArchiveFolder folder, Action<EntryId> looked)
{
    private readonly List<ArchiveFinding> _findings = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<EntryId, string> _good = [];

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<ArchiveFinding> Findings => _findings;

    /// <summary>What is no fault.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Entries in the segments.</summary>
    public long Entries { get; private set; }

    /// <summary>Where the chain ends, as the files themselves have it.</summary>
    public ChainHead End { get; private set; } = ChainHead.Before(folder.Stream);

    /// <summary>Walks; what was found good before is not read again.</summary>
    public void Walk(CancellationToken cancellationToken)
    {
        _findings.Clear();
        _notes.Clear();
        (Entries, End) = (0, ChainHead.Before(folder.Stream));
        foreach (var name in folder.Strangers()) Add(name, "it is no file of an archive.");
        var (segments, records) = (folder.SealedSegments(), folder.Records());
        foreach (var first in records.Except(segments).Except(folder.OpenSegments()))
            Add(ArchiveFolder.SealedName(first), "it is gone; its record is there.");
        foreach (var first in segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LookAt(first);
            looked(first);
        }
    }

    private void LookAt(EntryId first)
    {
        var name = ArchiveFolder.SealedName(first);
        SegmentRecord record;
        string digest;
        try
        {
            (record, digest) = new ArchiveEntries(folder).RecordOf(first);
        }
        catch (StreamDamagedException failure)
        {
            Add(name, $"its record cannot be read: {failure.Message}");
            return;
        }

        foreach (var wrong in WrongPlace(record, first, digest)) Add(name, wrong);
        if (_good.GetValueOrDefault(first) == digest)
        {
            // Looked at a moment ago.
        }
        else if (SegmentExamination.Look(folder, record) is { } wrong) Add(name, wrong + ".");
        else _good[first] = digest;
        Entries += record.Entries;
        End = End.Behind(record, digest);
    }

    private IEnumerable<string> WrongPlace(SegmentRecord record, EntryId first, string digest)
    {
        if (record.First != first || record.Stream != folder.Stream)
            yield return $"its record is that of {record.Stream}/{record.First}.";
        if (record.Previous != End.Record)
        {
            yield return End.Segments == 0
                ? "it is not the first one: what comes before it is gone."
                : $"it does not follow {ArchiveFolder.SealedName(End.Segment)}: that one was changed, or one between " +
                  "is gone, or this one was added.";
        }

        if (record.First <= End.Last || record.Number <= End.Number)
            yield return $"it begins with {record.First}, which is not behind {End.Last}.";
        else if (record.Number > End.Number + 1)
        {
            _notes.Add(
                $"Entries {End.Number + 1} to {record.Number - 1} of {folder.Stream} were never archived: archiving " +
                $"was switched off, or began with {record.First}.");
        }

        if (record.Format != SegmentRecord.FormatNow || digest.Length == 0)
            yield return $"its record has the form {record.Format}, expected {SegmentRecord.FormatNow}.";
    }

    private void Add(string file, string wrong) => _findings.Add(new ArchiveFinding(file, wrong));
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>One stream while it is shown.</summary>
internal sealed class StreamPass(string stream, StreamReport report, StageCheck? writer, StageCheck? reader)
    : IDisposable
{
    private readonly StreamDigest _digest = new(stream);
    private bool _isCut;

    /// <summary>Its name.</summary>
    public string Stream { get; } = stream;

    /// <summary>Its facts at the moment of the snapshot.</summary>
    public StreamReport Report { get; } = report;

    /// <summary>The stage that writes it; null for market data and side streams.</summary>
    public StageCheck? Writer { get; } = writer;

    /// <summary>The stage that reads it; null for the last of the path and side streams.</summary>
    public StageCheck? Reader { get; } = reader;

    /// <summary>Entries shown.</summary>
    public long Count { get; private set; }

    /// <summary>Oldest entry shown.</summary>
    public EntryId First { get; private set; }

    /// <summary>The same; behind every id when none was shown.</summary>
    public EntryId FirstOrEnd => Count > 0 ? First : new EntryId(ulong.MaxValue, ulong.MaxValue);

    /// <summary>Newest entry shown.</summary>
    public EntryId Last { get; private set; }

    /// <summary>Entries of other programs or an operator.</summary>
    public long Outside { get; set; }

    /// <summary>Entries gone before the snapshot.</summary>
    public long GoneBefore => Report.Added - Report.Length;

    /// <summary>Entries gone, those that vanished while it was shown included.</summary>
    public long Gone => Report.Added - Count;

    /// <summary>Takes the next entry.</summary>
    public void Add(Entry entry)
    {
        if (Count++ == 0) First = entry.Id;
        Last = entry.Id;
        _isCut |= entry.CutBytes > 0;
        if (!_isCut) _digest.Add(entry);
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    /// <summary>What is told of it.</summary>
    public StreamContent Complete(long outside)
    {
        var sha256 = _isCut ? null : _digest.ToHex();
        return new StreamContent(Stream, Count, Report.Added, outside, sha256);
    }
}

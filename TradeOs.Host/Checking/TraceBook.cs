using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Every entry a chain may have started with.</summary>
internal sealed class TraceBook
{
    private readonly List<EntryId> _market = [];
    private readonly HashSet<EntryId> _outside = [];
    private EntryId _goneBefore;

    /// <summary>Takes the next entry of market data.</summary>
    public void AddMarket(EntryId id)
    {
        if (_market.Count == 0 || id > _market[^1]) _market.Add(id);
    }

    /// <summary>Takes an entry that another program or an operator appended, and what it says it comes from.</summary>
    public void AddOutside(EntryId id, EntryId trace)
    {
        _outside.Add(id);
        _outside.Add(trace);
    }

    /// <summary>Entries before this one are gone from a stream where chains begin.</summary>
    public void GoneBefore(EntryId first)
    {
        if (first > _goneBefore) _goneBefore = first;
    }

    /// <summary>Whether a chain can have started there.</summary>
    public bool Knows(EntryId trace) =>
        trace < _goneBefore || _market.BinarySearch(trace) >= 0 || _outside.Contains(trace);
}

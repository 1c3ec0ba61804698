using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Ids of the entries a stream holds, and of each a few fingerprints: what its reader must account
/// for.</summary>
internal sealed class HeldEntries
{
    /// <summary>Something was written for the entry.</summary>
    public const byte Output = 1;

    /// <summary>It was refused.</summary>
    public const byte Rejected = 2;

    /// <summary>It was buried.</summary>
    public const byte Dead = 4;

    /// <summary>It is a buy.</summary>
    public const byte Buy = 8;

    /// <summary>Nobody can decode it.</summary>
    public const byte Malformed = 16;

    private readonly List<EntryId> _ids = [];
    private readonly List<EntryId> _traces = [];
    private readonly List<ulong> _prints = [];
    private readonly List<byte> _marks = [];
    private readonly List<decimal> _limits = [];
    private readonly string[] _fields;

    /// <summary>An empty index.</summary>
    /// <param name="fields">Fields whose fingerprints are kept.</param>
    public HeldEntries(IEnumerable<string> fields) => _fields = [.. fields];

    /// <summary>Entries in it.</summary>
    public int Count => _ids.Count;

    /// <summary>Oldest id; zero when there is none.</summary>
    public EntryId First => _ids.Count > 0 ? _ids[0] : EntryId.Zero;

    /// <summary>Adds the next entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="trace">What started its chain.</param>
    /// <param name="mark">What is known of it already.</param>
    /// <param name="limit">Number a later stage must keep to.</param>
    public void Add(EntryView entry, EntryId trace, byte mark, decimal? limit)
    {
        if (_ids.Count > 0 && entry.Id <= _ids[^1]) return;
        _ids.Add(entry.Id);
        _traces.Add(trace);
        _marks.Add(mark);
        if (limit is { } number)
        {
            while (_limits.Count < _ids.Count - 1) _limits.Add(0);
            _limits.Add(number);
        }

        foreach (var field in _fields)
        {
            // The price of a bar is its last one.
            var print = entry.PrintOf(field);
            _prints.Add(print == 0 && field == "price" ? entry.PrintOf("close") : print);
        }
    }

    /// <summary>Place of an entry; negative when it is not there.</summary>
    public int Find(EntryId id) => _ids.BinarySearch(id);

    /// <summary>Id at a place.</summary>
    public EntryId IdAt(int place) => _ids[place];

    /// <summary>Trace of the entry at a place.</summary>
    public EntryId TraceAt(int place) => _traces[place];

    /// <summary>What is known of the entry at a place.</summary>
    public byte MarksAt(int place) => _marks[place];

    /// <summary>Number that was added with it.</summary>
    public decimal? LimitAt(int place) => place < _limits.Count ? _limits[place] : null;

    /// <summary>Fingerprint of one of its fields.</summary>
    public ulong PrintAt(int place, string field) =>
        _prints[(place * _fields.Length) + Array.IndexOf(_fields, field)];

    /// <summary>Notes what came of the entry at a place.</summary>
    public void Mark(int place, byte mark) => _marks[place] |= mark;

    /// <summary>Entries up to an id.</summary>
    public int CountUpTo(EntryId id)
    {
        var place = _ids.BinarySearch(id);
        return place < 0 ? ~place : place + 1;
    }
}

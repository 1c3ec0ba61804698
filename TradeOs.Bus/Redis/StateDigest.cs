using System.Globalization;
using System.Runtime.InteropServices;

namespace TradeOs.Bus;

/// <summary>A digest of a keyed state that is kept up to date key by key, so that an edited, removed or added key
/// shows at the next opening.</summary>
/// <remarks>It finds what happens by mistake; somebody who recomputes it is not kept out.</remarks>
internal sealed class StateDigest
{
    /// <summary>Values that are looked at side by side.</summary>
    private const int Lanes = 4;

    private readonly List<KeyValuePair<string, string>> _lanes = new(Lanes);
    private readonly Dictionary<string, ulong> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Value, ulong Part)> _drafts = new(StringComparer.Ordinal);
    private ulong _sum;

    /// <summary>The digest of that state.</summary>
    public StateDigest(IReadOnlyDictionary<string, string> state)
    {
        foreach (var (key, value) in state) _sum = Moved(_sum, 0, _parts[key] = Part(key, value));
    }

    /// <summary>Keys of the state.</summary>
    public int Count => _parts.Count;

    /// <summary>The digest as it is kept.</summary>
    public string Text => Shown(_sum);

    /// <summary>What the digest will be behind these changes.</summary>
    public string TextAfter(IReadOnlyDictionary<string, string?> changes)
    {
        _drafts.Clear();
        _lanes.Clear();
        var sum = _sum;
        foreach (var (key, value) in changes)
        {
            if (value is null) sum = Moved(sum, _parts.GetValueOrDefault(key), 0);
            else _lanes.Add(KeyValuePair.Create(key, value));
            if (_lanes.Count == Lanes) sum = Drafted(sum);
        }

        return Shown(Drafted(sum));
    }

    /// <summary>The changes have landed. What was made of them for the text is not made again: values are long, and
    /// every unit of one is looked at.</summary>
    public void Apply(IReadOnlyDictionary<string, string?> changes)
    {
        foreach (var (key, value) in changes)
        {
            var part = _drafts.TryGetValue(key, out var draft) && ReferenceEquals(draft.Value, value)
                ? draft.Part
                : PartOrNothing(key, value);
            _sum = Moved(_sum, _parts.GetValueOrDefault(key), part);
            if (value is null) _parts.Remove(key);
            else _parts[key] = part;
        }
    }

    /// <summary>The sum behind the values in the lanes, which are free again.</summary>
    private ulong Drafted(ulong sum)
    {
        Span<ulong> parts = stackalloc ulong[Lanes];
        var lanes = CollectionsMarshal.AsSpan(_lanes);
        if (lanes.Length == Lanes) PartsSideBySide(lanes, parts);
        else for (var lane = 0; lane < lanes.Length; lane++) parts[lane] = Part(lanes[lane].Key, lanes[lane].Value);
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            _drafts[lanes[lane].Key] = (lanes[lane].Value, parts[lane]);
            sum = Moved(sum, _parts.GetValueOrDefault(lanes[lane].Key), parts[lane]);
        }

        _lanes.Clear();
        return sum;
    }

    /// <summary>What <see cref="Part"/> says of each. A step of one value waits for the step before; those of the
    /// others fill the wait.</summary>
    private static void PartsSideBySide(ReadOnlySpan<KeyValuePair<string, string>> lanes, Span<ulong> parts)
    {
        ReadOnlySpan<char> a = lanes[0].Value, b = lanes[1].Value, c = lanes[2].Value, d = lanes[3].Value;
        var (hashA, hashB) = (Begun(lanes[0].Key), Begun(lanes[1].Key));
        var (hashC, hashD) = (Begun(lanes[2].Key), Begun(lanes[3].Key));
        var shared = Math.Min(Math.Min(a.Length, b.Length), Math.Min(c.Length, d.Length));
        for (var at = 0; at < shared; at++)
        {
            hashA = Stepped(hashA, a[at]);
            hashB = Stepped(hashB, b[at]);
            hashC = Stepped(hashC, c[at]);
            hashD = Stepped(hashD, d[at]);
        }

        parts[0] = Mixed(Added(hashA, a[shared..]));
        parts[1] = Mixed(Added(hashB, b[shared..]));
        parts[2] = Mixed(Added(hashC, c[shared..]));
        parts[3] = Mixed(Added(hashD, d[shared..]));
    }

    private static ulong PartOrNothing(string key, string? value) => value is null ? 0 : Part(key, value);

    private static ulong Part(string key, string value) => Mixed(Added(Begun(key), value));

    /// <summary>The key, and a unit that no text has between it and the value.</summary>
    private static ulong Begun(string key) => Stepped(Added(14695981039346656037, key), '\uffff');

    private static ulong Moved(ulong sum, ulong before, ulong after) => unchecked(sum - before + after);

    /// <summary>FNV-1a of 64 bits, over UTF-16 code units.</summary>
    private static ulong Added(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var unit in text) hash = Stepped(hash, unit);
        return hash;
    }

    private static ulong Stepped(ulong hash, char unit) => unchecked((hash ^ unit) * 1099511628211);

    /// <summary>Spreads the bits, so that sums of similar keys differ.</summary>
    private static ulong Mixed(ulong hash)
    {
        hash = unchecked((hash ^ (hash >> 33)) * 0xff51afd7ed558ccd);
        hash = unchecked((hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53);
        return hash ^ (hash >> 33);
    }

    private static string Shown(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);
}

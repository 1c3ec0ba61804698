using System.Globalization;

namespace TradeOs.Bus;

/// <summary>A digest of a keyed state that is kept up to date key by key, so that an edited, removed or added key
/// shows at the next opening.</summary>
/// <remarks>It finds what happens by mistake; somebody who recomputes it is not kept out.</remarks>
internal sealed class StateDigest
{
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
        var sum = _sum;
        foreach (var (key, value) in changes)
        {
            var part = PartOrNothing(key, value);
            if (value is not null) _drafts[key] = (value, part);
            sum = Moved(sum, _parts.GetValueOrDefault(key), part);
        }

        return Shown(sum);
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

    private static ulong PartOrNothing(string key, string? value) => value is null ? 0 : Part(key, value);

    private static ulong Part(string key, string value)
    {
        var hash = Added(14695981039346656037, key);
        return Mixed(Added(unchecked((hash ^ 0xffff) * 1099511628211), value));
    }

    private static ulong Moved(ulong sum, ulong before, ulong after) => unchecked(sum - before + after);

    /// <summary>FNV-1a of 64 bits, over UTF-16 code units.</summary>
    private static ulong Added(ulong hash, string text)
    {
        foreach (var unit in text) hash = unchecked((hash ^ unit) * 1099511628211);
        return hash;
    }

    /// <summary>Spreads the bits, so that sums of similar keys differ.</summary>
    private static ulong Mixed(ulong hash)
    {
        hash = unchecked((hash ^ (hash >> 33)) * 0xff51afd7ed558ccd);
        hash = unchecked((hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53);
        return hash ^ (hash >> 33);
    }

    private static string Shown(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);
}

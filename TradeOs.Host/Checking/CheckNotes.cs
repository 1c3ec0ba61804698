using System.Collections.Immutable;

namespace TradeOs.Host;

/// <summary>Gathers what a check finds, and what it cannot prove.</summary>
internal sealed class CheckNotes
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly ImmutableArray<CheckFinding>.Builder _findings = ImmutableArray.CreateBuilder<CheckFinding>();
    private readonly List<Unproven> _unproven = [];

    /// <summary>All findings of a code are counted, the first ones told.</summary>
    public ImmutableSortedDictionary<string, long> Counts =>
        _counts.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>What was found.</summary>
    public ImmutableArray<CheckFinding> Findings => [.. _findings];

    /// <summary>What could not be proven; the same once.</summary>
    public ImmutableArray<Unproven> Unproven => [.. _unproven.Distinct()];

    /// <summary>Notes a finding.</summary>
    public void Found(string code, string where, string found, string expected, string move)
    {
        var count = _counts[code] = _counts.GetValueOrDefault(code) + 1;
        if (count <= CheckReport.FindingsOfCodeMax) _findings.Add(new CheckFinding(code, where, found, expected, move));
    }

    /// <summary>Notes what is not proven.</summary>
    public void NotProven(string where, string what) => _unproven.Add(new Unproven(where, what));

    /// <summary>The command that shows an entry.</summary>
    public static string Look(string stream, object id) => $"Look at it: redis-cli XRANGE {stream} {id} {id}";
}

namespace TradeOs.Bus;

/// <summary>One examination as it goes on: what was looked at, what was found, what could not be looked at.</summary>
public sealed class Examination
{
    private readonly List<Finding> _findings = [];
    private readonly HashSet<Check> _looked = [];
    private readonly Dictionary<Check, string> _skipped = [];

    /// <summary>What was found, the gravest first, otherwise in the order of <see cref="Checks.All"/>.</summary>
    public IReadOnlyList<Finding> Findings =>
        [.. _findings.OrderBy(finding => finding.Check.Severity).ThenBy(finding => Checks.All.IndexOf(finding.Check))];

    /// <summary>What was looked at and is well.</summary>
    public IReadOnlyList<Check> Passed =>
        [.. Checks.All.Where(check => _looked.Contains(check) && _findings.All(finding => finding.Check != check))];

    /// <summary>What could not be looked at, and why.</summary>
    public IReadOnlyList<(Check Check, string Reason)> Skipped =>
        [.. Checks.All.Where(check => !_looked.Contains(check))
            .Select(check => (check, _skipped.GetValueOrDefault(check, "what it needs could not be read")))];

    /// <summary>Whether something has to be changed: a finding that is more than a note.</summary>
    public bool IsHealthy => _findings.All(finding => finding.Check.Severity == FindingSeverity.Note);

    /// <summary>These things were looked at.</summary>
    public void Looked(params ReadOnlySpan<Check> checks) => _looked.UnionWith(checks.ToArray());

    /// <summary>This was looked at, and something was found.</summary>
    public void Found(Check check, string where, string found, string expected, string cure)
    {
        _looked.Add(check);
        _findings.Add(new Finding(check, where, found, expected, cure));
    }

    /// <summary>This cannot be looked at.</summary>
    public void Skip(Check check, string reason) => _skipped[check] = reason;
}

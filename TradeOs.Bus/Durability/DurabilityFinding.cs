namespace TradeOs.Bus;

/// <summary>How much a finding matters.</summary>
public enum DurabilitySeverity
{
    /// <summary>Acknowledged writes can be lost: the server is refused.</summary>
    Fatal,

    /// <summary>Worth changing; nothing acknowledged is at risk.</summary>
    Warning,
}

/// <summary>One thing about a server that is not as it should be.</summary>
/// <param name="Severity">Whether the server is refused for it.</param>
/// <param name="Setting">Setting or INFO field looked at.</param>
/// <param name="Found">Its value there.</param>
/// <param name="Expected">The value that would be right.</param>
/// <param name="Cure">What to do about it: a whole sentence.</param>
public sealed record DurabilityFinding(
    DurabilitySeverity Severity, string Setting, string Found, string Expected, string Cure)
{
    /// <summary>One sentence that names setting, value found, value expected and cure.</summary>
    public override string ToString() => $"{Setting} is \"{Found}\", expected {Expected}: {Cure}";
}

namespace TradeOs.Bus;

/// <summary>One thing that is looked at, under a code word that never changes.</summary>
/// <param name="Code">Lower-case words joined by dashes; docs/DOCTOR.md explains each.</param>
/// <param name="Severity">What a finding of it means.</param>
public sealed record Check(string Code, FindingSeverity Severity)
{
    /// <inheritdoc/>
    public override string ToString() => Code;
}

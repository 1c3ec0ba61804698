namespace TradeOs.Tests.Checking;

/// <summary>One damage, and what the rule that is there for it says.</summary>
public sealed class Damage
{
    internal Damage(string code, string said, Action<PipelineCopy> inflict) =>
        (Code, Said, Do) = (code, said, inflict);

    /// <summary>Code of the finding.</summary>
    public string Code { get; }

    /// <summary>A part of its sentence that no other rule says.</summary>
    public string Said { get; }

    internal Action<PipelineCopy> Do { get; }

    public override string ToString() => $"{Code}: {Said}";
}

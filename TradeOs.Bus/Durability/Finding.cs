using System.Text.RegularExpressions;

namespace TradeOs.Bus;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Acknowledged writes can be lost, or the pipeline cannot run: the server is refused.</summary>
    Fatal,

    /// <summary>To be changed before it stops the pipeline or costs data one day.</summary>
    Warning,

    /// <summary>Worth knowing; nothing has to be changed.</summary>
    Note,
}

/// <summary>One thing about a server, its data or its machine that is not as it should be.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Where">The setting, field, key, stream or file in question.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What would be right.</param>
/// <param name="Cure">What to do about it: whole sentences, commands to type between backticks.</param>
public sealed partial record Finding(Check Check, string Where, string Found, string Expected, string Cure)
{
    /// <summary>The commands of the cure, in order: those of <c>redis-cli</c> without its name, others whole.</summary>
    public IReadOnlyList<string> Commands => [.. Quoted().Matches(Cure).Select(match => match.Groups[1].Value)];

    /// <summary>What is wrong, without the cure.</summary>
    public string Wrong => $"{Where} is \"{Found}\", expected {Expected}";

    /// <summary>One sentence that names where, value found, value expected and cure.</summary>
    public override string ToString() => $"{Wrong}: {Cure}";

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}

namespace TradeOs.Host;

/// <summary>The configuration is wrong; the host ends with exit code 2 before it touches Redis.</summary>
public sealed class ConfigurationProblemException(IReadOnlyList<string> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>A sentence each.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

namespace TradeOs.Host;

/// <summary>The configuration is wrong; the host ends with exit code 2 before it touches Redis.</summary>
/// <param name="problems">A sentence each.</param>
public sealed class ConfigurationProblemException(IReadOnlyList<string> problems)
    : Exception(string.Join(Environment.NewLine, problems));

namespace TradeOs.Tests.Chaos;

/// <summary>A promise was not kept. Anything else a scenario throws is trouble of the harness and proves
/// nothing.</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);

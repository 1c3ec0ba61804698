namespace TradeOs.Bus;

/// <summary>What a reader reads is not where it left it; opening it again tells loss from what can be put back.</summary>
internal sealed class GroupMovedException(string stream, string reader)
    : Exception($"{stream} group {reader} is gone or elsewhere");

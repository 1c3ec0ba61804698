namespace TradeOs.Bus;

/// <summary>A group is not where its reader left it; opening tells loss from what can be put back.</summary>
internal sealed class GroupMovedException(string stream, string reader)
    : Exception($"{stream} group {reader} is gone or elsewhere");

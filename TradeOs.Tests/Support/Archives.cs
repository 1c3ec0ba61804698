using TradeOs.Stages;

namespace TradeOs.Tests;

/// <summary>For tests that archives are no matter of.</summary>
public static class Archives
{
    /// <summary>Arguments of a run that archives nothing.</summary>
    public static string[] Off { get; } =
        [.. Topology.Streams.SelectMany(stream => new[] { "--set", $"Streams:{stream}:Archive=false" })];
}

namespace TradeOs.Tests.Chaos;

/// <summary>What came of one scenario.</summary>
/// <param name="scenario">The scenario.</param>
internal sealed class ChaosLine(Scenario scenario)
{
    public Scenario Scenario { get; } = scenario;

    /// <summary>Rounds that ended, however.</summary>
    public int Rounds { get; set; }

    /// <summary>Faults that hit, over all rounds.</summary>
    public int Hits { get; set; }

    /// <summary>Promises that were not kept, with the seed that repeats each.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>Rounds that proved nothing because the harness itself was in trouble.</summary>
    public List<string> Troubles { get; } = [];

    /// <summary>How the scenario failed without its protection; null when it was not tried, empty when it did
    /// not.</summary>
    public string? Control { get; set; }

    /// <summary>In a word.</summary>
    public string Verdict => Broken.Count > 0 ? $"{Broken.Count} broken"
        : Troubles.Count > 0 ? $"{Troubles.Count} in trouble"
        : Rounds == 0 ? "not run"
        : Hits == 0 ? "never hit"
        : "kept";
}

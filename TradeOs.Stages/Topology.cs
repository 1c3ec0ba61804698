using System.Collections.Immutable;
using TradeOs.Bus;
using static TradeOs.Stages.StreamNames;

namespace TradeOs.Stages;

/// <summary>Who reads what and writes where: the whole pipeline as data, in the order facts flow.</summary>
public static class Topology
{
    /// <summary>The edge that brings market data in; it has no input stream and keeps its positions as state.</summary>
    public static ReaderDefinition Feed { get; } =
        new("feed", null, ReadMode.Offset, [MarketData, DeadLetters], StateVersion: 1);

    /// <summary>The eight stages of the path.</summary>
    public static ImmutableArray<ReaderDefinition> Stages { get; } =
    [
        Stage("signal-engine", MarketData, ReadMode.Offset, SignalsRaw, stateVersion: 3),
        Stage("signal-qualifier", SignalsRaw, ReadMode.Offset, SignalsQualified, stateVersion: 2),
        Stage("signal-modifier", SignalsQualified, ReadMode.Offset, SignalsModified, stateVersion: 1),
        Stage("intent-planner", SignalsModified, ReadMode.Offset, TradeIntents, stateVersion: 1),
        Controlled(Stage("feasibility", TradeIntents, ReadMode.Group, TradeApproved, stateVersion: 3)),
        Controlled(Stage("execution", TradeApproved, ReadMode.Group, Fills, stateVersion: 2)),
        Stage("outcome-tracker", Fills, ReadMode.Offset, Outcomes, stateVersion: 1),
        Stage("metrics-publisher", Outcomes, ReadMode.Offset, Metrics, stateVersion: 1),
    ];

    /// <summary>Feed and stages, in the order facts flow.</summary>
    public static ImmutableArray<ReaderDefinition> Readers { get; } = [Feed, .. Stages];

    /// <summary>The stages again; those together of which each reads, by an own offset, what only the one before it
    /// writes: they may commit together.</summary>
    public static ImmutableArray<ImmutableArray<string>> Chains { get; } = [.. ChainsOf(Stages)];

    /// <summary>The nine streams of the path, in the order facts flow.</summary>
    public static ImmutableArray<string> Path { get; } =
    [
        MarketData, SignalsRaw, SignalsQualified, SignalsModified, TradeIntents, TradeApproved, Fills, Outcomes,
        Metrics,
    ];

    /// <summary>Streams no stage reads.</summary>
    public static ImmutableArray<string> SideStreams { get; } = [Rejected, DeadLetters, ControlLog];

    /// <summary>Every stream, path first.</summary>
    public static ImmutableArray<string> Streams { get; } = [.. Path, .. SideStreams];

    /// <summary>Definition of the reader of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such reader.</exception>
    public static ReaderDefinition Reader(string name)
    {
        if (Readers.FirstOrDefault(reader => reader.Name == name) is { } found) return found;
        var names = string.Join(", ", Readers.Select(reader => reader.Name));
        throw new KeyNotFoundException($"'{name}' is not a reader; expected one of {names}.");
    }

    /// <summary>Names of the readers of a stream.</summary>
    public static ImmutableArray<string> ReadersOf(string stream) =>
        [.. Stages.Where(stage => stage.Input == stream).Select(stage => stage.Name)];

    private static IEnumerable<ImmutableArray<string>> ChainsOf(ImmutableArray<ReaderDefinition> stages)
    {
        for (var (first, next) = (0, 1); first < stages.Length; first = next)
        {
            for (next = first + 1; next < stages.Length && Follows(stages[next - 1], stages[next]); next++) ;
            yield return [.. stages[first..next].Select(stage => stage.Name)];
        }

        bool Follows(ReaderDefinition before, ReaderDefinition stage) =>
            before.Mode == ReadMode.Offset && stage.Mode == ReadMode.Offset && stage.Input == before.Outputs[0]
            && stages.Count(other => other.Outputs.Contains(stage.Input)) == 1;
    }

    /// <summary>A stage writes one stream of the path, and beside it what it refuses and what it cannot read.</summary>
    private static ReaderDefinition Stage(
        string name, string input, ReadMode mode, string output, int stateVersion) =>
        new(name, input, mode, [output, Rejected, DeadLetters], stateVersion);

    /// <summary>A stage money passes through obeys a halt, and notes where it did.</summary>
    private static ReaderDefinition Controlled(ReaderDefinition stage) =>
        stage with { ObeysControl = true, Outputs = stage.Outputs.Add(ControlLog) };
}

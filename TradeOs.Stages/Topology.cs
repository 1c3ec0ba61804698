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
        new("signal-engine", MarketData, ReadMode.Offset, [SignalsRaw, Rejected, DeadLetters], StateVersion: 1),
        new("signal-qualifier", SignalsRaw, ReadMode.Offset, [SignalsQualified, Rejected, DeadLetters], StateVersion: 1),
        new("signal-modifier", SignalsQualified, ReadMode.Offset, [SignalsModified, Rejected, DeadLetters], StateVersion: 1),
        new("intent-planner", SignalsModified, ReadMode.Offset, [TradeIntents, Rejected, DeadLetters], StateVersion: 1),
        new("feasibility", TradeIntents, ReadMode.Group, [TradeApproved, Rejected, DeadLetters], StateVersion: 1),
        new("execution", TradeApproved, ReadMode.Group, [Fills, Rejected, DeadLetters], StateVersion: 1),
        new("outcome-tracker", Fills, ReadMode.Offset, [Outcomes, Rejected, DeadLetters], StateVersion: 1),
        new("metrics-publisher", Outcomes, ReadMode.Offset, [Metrics, Rejected, DeadLetters], StateVersion: 1),
    ];

    /// <summary>Feed and stages, in the order facts flow.</summary>
    public static ImmutableArray<ReaderDefinition> Readers { get; } = [Feed, .. Stages];

    /// <summary>The nine streams of the path, in the order facts flow.</summary>
    public static ImmutableArray<string> Path { get; } =
    [
        MarketData, SignalsRaw, SignalsQualified, SignalsModified, TradeIntents, TradeApproved, Fills, Outcomes, Metrics,
    ];

    /// <summary>Streams no stage reads.</summary>
    public static ImmutableArray<string> SideStreams { get; } = [Rejected, DeadLetters];

    /// <summary>Every stream, path first.</summary>
    public static ImmutableArray<string> Streams { get; } = [.. Path, .. SideStreams];

    /// <summary>Definition of the reader of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such reader.</exception>
    public static ReaderDefinition Reader(string name) => Readers.FirstOrDefault(reader => reader.Name == name)
        ?? throw new KeyNotFoundException($"'{name}' is not a reader; expected one of {string.Join(", ", Readers.Select(reader => reader.Name))}.");

    /// <summary>Names of the readers of a stream.</summary>
    public static ImmutableArray<string> ReadersOf(string stream) =>
        [.. Stages.Where(stage => stage.Input == stream).Select(stage => stage.Name)];
}

using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Where every reader stands, read from the bus at one time.</summary>
/// <param name="Readers">A line for each reader, feed first.</param>
/// <param name="Streams">Length and appended count of each stream.</param>
public sealed record PipelineReport(
    ImmutableArray<ReaderLine> Readers, ImmutableArray<(string Stream, StreamReport Report)> Streams)
{
    /// <summary>Whether every stage has committed everything before it.</summary>
    /// <remarks>Each by itself: one that read between the two looks at it seems ahead, and must not make up for one
    /// that is behind.</remarks>
    public bool IsThrough => Readers.All(reader => reader.Lag == 0);

    /// <summary>Reads the report, upstream first.</summary>
    /// <remarks>
    /// Because of that order a lag of 0 everywhere after the feed has finished means that nothing is left to do.
    /// </remarks>
    public static async Task<PipelineReport> ReadAsync(IStreamBus bus, CancellationToken cancellationToken)
    {
        var readers = ImmutableArray.CreateBuilder<ReaderLine>();
        var streams = ImmutableArray.CreateBuilder<(string, StreamReport)>();
        foreach (var definition in Topology.Readers)
        {
            var added = definition.Input is { } input
                ? (await bus.InspectStreamAsync(input, cancellationToken)).Added
                : 0;
            var checkpoint = await bus.InspectReaderAsync(definition.Name, cancellationToken);
            var lag = definition.Input is null ? 0 : added - (checkpoint?.Count ?? 0);
            readers.Add(new ReaderLine(definition.Name, definition.Input, checkpoint ?? Checkpoint.Start, lag));
        }

        foreach (var stream in Topology.Streams)
            streams.Add((stream, await bus.InspectStreamAsync(stream, cancellationToken)));
        return new PipelineReport(readers.ToImmutable(), streams.ToImmutable());
    }
}

/// <summary>Where one reader stands.</summary>
/// <param name="Reader">Its name.</param>
/// <param name="Input">What it reads; null for the feed.</param>
/// <param name="Checkpoint">How far it has come.</param>
/// <param name="Lag">Entries of its input it has not committed.</param>
public sealed record ReaderLine(string Reader, string? Input, Checkpoint Checkpoint, long Lag);

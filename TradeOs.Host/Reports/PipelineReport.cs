using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Where every reader stands, read from the bus at one time.</summary>
/// <param name="Readers">A line for each reader, feed first.</param>
/// <param name="Archives">A line for each archive reader.</param>
/// <param name="Streams">Length and appended count of each stream.</param>
public sealed record PipelineReport(
    ImmutableArray<ReaderLine> Readers, ImmutableArray<ReaderLine> Archives,
    ImmutableArray<(string Stream, StreamReport Report)> Streams)
{
    /// <summary>Whether every stage and every archive has committed everything before it.</summary>
    /// <remarks>Each by itself: one that read between the two looks at it seems ahead, and must not make up for one
    /// that is behind.</remarks>
    public bool IsThrough => Readers.Concat(Archives).All(reader => reader.Lag == 0);

    /// <summary>Reads the report, upstream first.</summary>
    /// <remarks>
    /// Because of that order a lag of 0 everywhere after the feed has finished means that nothing is left to do.
    /// </remarks>
    /// <param name="bus">Where they are.</param>
    /// <param name="archived">Streams that must be archived; null for those that are.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<PipelineReport> ReadAsync(
        IStreamBus bus, IReadOnlyList<string>? archived, CancellationToken cancellationToken)
    {
        var readers = ImmutableArray.CreateBuilder<ReaderLine>();
        var streams = ImmutableArray.CreateBuilder<(string, StreamReport)>();
        foreach (var definition in Topology.Readers)
            readers.Add((await LineAsync(bus, definition, isNeeded: true, cancellationToken))!);
        var archives = ImmutableArray.CreateBuilder<ReaderLine>();
        foreach (var definition in archived?.Select(ArchiveReaders.Of) ?? ArchiveReaders.All)
        {
            var line = await LineAsync(bus, definition, archived is not null, cancellationToken);
            if (line is not null) archives.Add(line);
        }

        foreach (var stream in Topology.Streams)
            streams.Add((stream, await bus.InspectStreamAsync(stream, cancellationToken)));
        return new PipelineReport(readers.ToImmutable(), archives.ToImmutable(), streams.ToImmutable());
    }

    /// <summary>Where a reader stands; null for one that was never opened and need not be.</summary>
    private static async Task<ReaderLine?> LineAsync(
        IStreamBus bus, ReaderDefinition definition, bool isNeeded, CancellationToken cancellationToken)
    {
        var added = definition.Input is { } input
            ? (await bus.InspectStreamAsync(input, cancellationToken)).Added
            : 0;
        var checkpoint = await bus.InspectReaderAsync(definition.Name, cancellationToken);
        if (checkpoint is null && !isNeeded) return null;
        var lag = definition.Input is null ? 0 : added - (checkpoint?.Count ?? 0);
        return new ReaderLine(definition.Name, definition.Input, checkpoint ?? Checkpoint.Start, lag);
    }
}

/// <summary>Where one reader stands.</summary>
/// <param name="Reader">Its name.</param>
/// <param name="Input">What it reads; null for the feed.</param>
/// <param name="Checkpoint">How far it has come.</param>
/// <param name="Lag">Entries of its input it has not committed.</param>
public sealed record ReaderLine(string Reader, string? Input, Checkpoint Checkpoint, long Lag);

using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>The readers that write streams to files: one a stream, a reader of the bus like any other.</summary>
internal static class ArchiveReaders
{
    private const string Prefix = "archive:";

    /// <summary>One for each stream, archived or not.</summary>
    public static ImmutableArray<ReaderDefinition> All { get; } = [.. Topology.Streams.Select(Of)];

    /// <summary>Name of the reader that archives a stream.</summary>
    public static string NameOf(string stream) => Prefix + stream;

    /// <summary>What it reads; it writes no stream.</summary>
    public static ReaderDefinition Of(string stream) =>
        new(NameOf(stream), stream, ReadMode.Offset, [], StateVersion: 1);

    /// <summary>Bounds and readers of every stream on a Redis: the archive is one more that must have read an entry
    /// before it is trimmed.</summary>
    public static ImmutableDictionary<string, StreamLimit> Limits(Settings settings)
    {
        var limits = StreamOptions.Limits(settings.Streams);
        return limits.SetItems(settings.ArchivedStreams.Select(stream => KeyValuePair.Create(
            stream, limits[stream] with { Readers = limits[stream].Readers.Add(NameOf(stream)) })));
    }
}

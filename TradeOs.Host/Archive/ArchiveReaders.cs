using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The readers that write streams to files: one a stream, a reader of the bus like any other.</summary>
internal static class ArchiveReaders
{
    private const string Prefix = "archive:";

    /// <summary>Name of the reader that archives a stream.</summary>
    public static string NameOf(string stream) => Prefix + stream;

    /// <summary>What it reads; it writes no stream.</summary>
    public static ReaderDefinition Of(string stream) => new(NameOf(stream), stream, ReadMode.Offset, [], StateVersion: 1);
}

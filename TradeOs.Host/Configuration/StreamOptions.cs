using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Bounds of one stream: <c>Streams:NAME</c> in appsettings.json.</summary>
public sealed class StreamOptions
{
    /// <summary>Name of the section that holds one such object a stream.</summary>
    public const string Section = "Streams";

    /// <summary>Entries the largest stream may be given.</summary>
    public const int MaxLengthMax = 100_000_000;

    /// <summary>
    /// Entries the stream may hold. Default 250,000 for <c>trade.approved</c> and <c>fills</c>, 100,000 for the others;
    /// from four times <see cref="PipelineOptions.BatchCountMax"/> to 100,000,000.
    /// </summary>
    public int MaxLength { get; set; }

    /// <summary>Whether the archive keeps what is trimmed. Default true.</summary>
    public bool Archive { get; set; } = true;

    /// <summary>What a stream is given when appsettings.json does not name it.</summary>
    public static StreamOptions DefaultOf(string stream) =>
        new() { MaxLength = stream is StreamNames.TradeApproved or StreamNames.Fills ? 250_000 : 100_000 };

    /// <summary>What is wrong with the bounds; empty when nothing is.</summary>
    public static IEnumerable<string> Problems(IReadOnlyDictionary<string, StreamOptions> streams, int batchCountMax)
    {
        var least = 4 * batchCountMax;
        foreach (var (stream, options) in streams)
        {
            if (options.MaxLength >= least && options.MaxLength <= MaxLengthMax) continue;
            yield return $"{Section}:{stream}:MaxLength is {options.MaxLength}, expected {least} " +
                $"(four batches of Pipeline:BatchCountMax, {batchCountMax}) to {MaxLengthMax}.";
        }
    }

    /// <summary>The bounds and readers of every stream, as the bus takes them.</summary>
    public static ImmutableDictionary<string, StreamLimit> Limits(IReadOnlyDictionary<string, StreamOptions> streams) =>
        Topology.Streams.ToImmutableDictionary(
            stream => stream, stream => new StreamLimit(streams[stream].MaxLength, Topology.ReadersOf(stream)));
}

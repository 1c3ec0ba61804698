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

    /// <summary>Least bytes a stream may be given: some hundred entries, which Redis keeps together.</summary>
    public const long MaxBytesMin = 65_536;

    private static readonly TimeSpan MaxAgeMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAgeMax = TimeSpan.FromDays(3_650);

    /// <summary>
    /// Entries the stream may hold. Default 250,000 for <c>trade.approved</c> and <c>fills</c>, 100,000 for the others;
    /// from four times <see cref="PipelineOptions.BatchCountMax"/> to 100,000,000.
    /// </summary>
    public int MaxLength { get; set; }

    /// <summary>
    /// How long an entry is kept, by the time in its id. Default none: as long as there is room; from 1 s to ten years.
    /// </summary>
    /// <remarks>An entry that a reader has not read is kept longer.</remarks>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// Memory the stream may take, in bytes. Default none: what <see cref="MaxLength"/> entries take; from 65,536.
    /// </summary>
    /// <remarks>Entries that a reader has not read are kept beyond it.</remarks>
    public long? MaxBytes { get; set; }

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
            if (options.MaxLength < least || options.MaxLength > MaxLengthMax)
            {
                yield return $"{Section}:{stream}:MaxLength is {options.MaxLength}, expected {least} " +
                    $"(four batches of Pipeline:BatchCountMax, {batchCountMax}) to {MaxLengthMax}.";
            }

            if (options.MaxAge is { } age && (age < MaxAgeMin || age > MaxAgeMax))
                yield return $"{Section}:{stream}:MaxAge is {age}, expected {MaxAgeMin} to {MaxAgeMax}, or none.";
            if (options.MaxBytes is { } bytes and < MaxBytesMin)
                yield return $"{Section}:{stream}:MaxBytes is {bytes}, expected {MaxBytesMin} or more, or none.";
        }
    }

    /// <summary>The bounds and readers of every stream, as the bus takes them.</summary>
    public static ImmutableDictionary<string, StreamLimit> Limits(IReadOnlyDictionary<string, StreamOptions> streams) =>
        Topology.Streams.ToImmutableDictionary(
            stream => stream, stream => LimitOf(streams[stream], Topology.ReadersOf(stream)));

    private static StreamLimit LimitOf(StreamOptions options, ImmutableArray<string> readers) =>
        new(options.MaxLength, readers) { MaxAge = options.MaxAge, MaxBytes = options.MaxBytes };
}

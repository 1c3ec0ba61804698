using System.Collections.Frozen;
using System.Globalization;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>How much memory of Redis the streams take when each is full.</summary>
internal static class StreamMemory
{
    /// <summary>Bytes an entry takes, by stream: <c>MEMORY USAGE stream SAMPLES 0</c> over
    /// <c>XLEN stream</c>.</summary>
    /// <remarks>
    /// Measured on redis-server 7.0.15, 2026-11-29, behind <c>tradeos run --keep-redis --until-idle --feed
    /// simulated:count=60000,rate=max</c>, rounded up to ten; a test measures anew and holds them against it. The two
    /// streams such a run does not write: 2,000 letters with a row of 100 bytes, 2,000 notes of a halt.
    /// </remarks>
    public static FrozenDictionary<string, int> EntryBytes { get; } = new Dictionary<string, int>
    {
        [StreamNames.MarketData] = 110,
        [StreamNames.SignalsRaw] = 200,
        [StreamNames.SignalsQualified] = 200,
        [StreamNames.SignalsModified] = 220,
        [StreamNames.TradeIntents] = 200,
        [StreamNames.TradeApproved] = 220,
        [StreamNames.Fills] = 210,
        [StreamNames.Outcomes] = 240,
        [StreamNames.Metrics] = 230,
        [StreamNames.Rejected] = 210,
        [StreamNames.DeadLetters] = 330,
        [StreamNames.ControlLog] = 130,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What one stream takes when it is full.</summary>
    public static long EstimateOf(string stream, StreamOptions options) =>
        Math.Min((long)options.MaxLength * EntryBytes[stream], options.MaxBytes ?? long.MaxValue);

    /// <summary>What all streams take when each is full.</summary>
    public static long Total(Settings settings) =>
        settings.Streams.Sum(stream => EstimateOf(stream.Key, stream.Value));

    /// <summary>Refuses streams that would not fit; asked before anything is started.</summary>
    /// <exception cref="ConfigurationProblemException">They would take more than the budget.</exception>
    public static void ThrowIfAboveBudget(Settings settings)
    {
        var (total, budget) = (Total(settings), settings.Redis.MemoryBudget);
        if (total <= budget) return;
        var (largest, options) = settings.Streams.MaxBy(stream => EstimateOf(stream.Key, stream.Value));
        throw new ConfigurationProblemException(
        [
            $"the streams would take {Text(total)} bytes when each is full, Redis:MemoryBudget is {Text(budget)}. " +
            $"{largest} takes the most, {Text(EstimateOf(largest, options))}: give it a smaller " +
            $"{StreamOptions.Section}:{largest}:MaxLength or a MaxBytes, or raise Redis:MemoryBudget where the " +
            "machine has the memory. tradeos config show has the whole table.",
        ]);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What the streams hold at the end of a run.</summary>
/// <param name="Streams">A line for each stream, path first.</param>
/// <param name="Rejections">How often each stage gave each code, as kept in <c>decisions.rejected</c>.</param>
/// <param name="Metrics">Fields of the last <c>metrics.snapshot</c>; empty before the first round trip closed.</param>
public sealed record RunSummary(
    ImmutableArray<StreamLine> Streams,
    ImmutableSortedDictionary<string, long> Rejections,
    ImmutableArray<KeyValuePair<string, string>> Metrics)
{
    private const int CodesMax = 1000;
    private const int FieldsMax = 50;
    private const int LengthMax = 100;

    /// <summary>Reads every stream of the bus, and of the archive what was trimmed from it.</summary>
    internal static async Task<RunSummary> ReadAsync(
        IStreamBus bus, StreamHistory history, CancellationToken cancellationToken)
    {
        var lines = ImmutableArray.CreateBuilder<StreamLine>();
        var rejections = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        var metrics = ImmutableArray<KeyValuePair<string, string>>.Empty;
        foreach (var stream in Topology.Streams)
        {
            using var digest = new StreamDigest(stream);
            var last = default(Entry);
            await foreach (var entry in history.EntriesAsync(stream, EntryId.Zero, EntryId.Max, cancellationToken))
            {
                digest.Add(entry);
                if (stream == StreamNames.Rejected) Count(rejections, entry);
                last = entry;
            }

            var report = await bus.InspectStreamAsync(stream, cancellationToken);
            lines.Add(new StreamLine(stream, digest.Count, report.Length, report.Added, digest.ToHex()));
            if (stream == StreamNames.Metrics) metrics = FieldsOf(last);
        }

        return new RunSummary(lines.ToImmutable(), rejections.ToImmutable(), metrics);
    }

    /// <summary>What outsiders wrote into the stream is counted as well, under a bounded number of names.</summary>
    private static void Count(ImmutableSortedDictionary<string, long>.Builder counts, Entry rejection)
    {
        var key = $"{Text(rejection, "stage"u8)} {Text(rejection, "code"u8)}";
        if (counts.Count >= CodesMax && !counts.ContainsKey(key)) key = "? ?";
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    private static string Text(Entry entry, ReadOnlySpan<byte> name) =>
        entry.Fields.TryGet(name, out var value) ? EntryText.Show(value, LengthMax) : "?";

    private static ImmutableArray<KeyValuePair<string, string>> FieldsOf(Entry entry)
    {
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var field in entry.Fields)
        {
            if (fields.Count == FieldsMax) break;
            fields.Add(new(EntryText.Show(field.Name, LengthMax), EntryText.Show(field.Value, LengthMax)));
        }

        return fields.ToImmutable();
    }
}

/// <summary>One stream at the end of a run.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Entries">Entries in the archive and in the stream together.</param>
/// <param name="Held">Entries the stream itself holds; fewer when the oldest were trimmed.</param>
/// <param name="Added">Entries ever appended; more when some were trimmed that nobody archived.</param>
/// <param name="Sha256">Digest of the entries in archive and stream, see <see cref="StreamDigest"/>.</param>
public sealed record StreamLine(string Stream, long Entries, long Held, long Added, string Sha256);

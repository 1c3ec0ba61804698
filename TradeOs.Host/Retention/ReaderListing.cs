using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>One reader as <c>readers list</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is and how it keeps its place.</param>
/// <param name="Stream">What it reads.</param>
/// <param name="Position">Last entry it is done with.</param>
/// <param name="Lag">Entries it is not done with; null when that is not known.</param>
/// <param name="OnStuck">What happens when it does not move.</param>
/// <param name="State">How it is.</param>
/// <param name="IsWell">Whether nothing has to be done about it.</param>
internal sealed record ReaderListing(
    string Name, string Kind, string Stream, EntryId Position, long? Lag, string OnStuck, string State, bool IsWell)
{
    /// <summary>Every reader: those of the pipeline in the order of their streams, then those outside.</summary>
    public static ImmutableArray<ReaderListing> Of(RetentionSnapshot snapshot) =>
    [
        .. from stream in Topology.Streams
           let standing = snapshot.Streams[stream]
           from reader in standing.Readers
           where !reader.Name.StartsWith(RedisKeys.OutsideName(""), StringComparison.Ordinal)
           select Ours(stream, standing, reader),
        .. snapshot.Outside.Select(standing => Outside(standing, snapshot)),
    ];

    private static ReaderListing Ours(string stream, StreamStanding standing, FloorReader reader)
    {
        var stage = Topology.Stages.FirstOrDefault(stage => stage.Name == reader.Name);
        var kind = stage is null ? "archive" : stage.Mode == ReadMode.Group ? "stage, group" : "stage, offset";
        var lag = standing.Added - reader.Count;
        return new ReaderListing(
            reader.Name, kind, stream, reader.Position, lag, "the pipeline waits", lag == 0 ? "is through" : "reads",
            true);
    }

    private static ReaderListing Outside(OutsideStanding outside, RetentionSnapshot snapshot)
    {
        var reader = outside.Reader;
        long? lag = snapshot.Streams.TryGetValue(reader.Stream, out var stream) && outside.Count is { } count
            ? stream.Added - count
            : null;
        var stuck = reader.OnStuck == StuckRule.Wait
            ? "the pipeline waits"
            : $"released after {reader.ReleaseAfter}";
        var faults = OutsideFindings.Of(snapshot with { Outside = [outside] })
            .Where(finding => finding.Check != Checks.OutsideUnfollowed || finding.Where.EndsWith(
                RedisKeys.OutsideName(reader.Name), StringComparison.Ordinal))
            .Select(finding => finding.Found).ToList();
        var state = faults.Count > 0 ? string.Join("; ", faults)
            : outside.Held.Length > 0 ? $"holds {reader.Stream} since {outside.Held}"
            : lag == 0 ? "is through" : $"last moved {outside.Moved}";
        return new ReaderListing(
            reader.Name, reader.Group.Length > 0 ? $"outside, group {reader.Group}" : "outside, offset", reader.Stream,
            outside.Position, lag, stuck, state, faults.Count == 0);
    }
}

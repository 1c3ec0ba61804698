using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>What is wrong with the outside readers; nothing of it stops the host, because they are not ours.</summary>
internal static class OutsideFindings
{
    /// <summary>Everything, in order of name.</summary>
    public static IEnumerable<Finding> Of(RetentionSnapshot snapshot)
    {
        foreach (var standing in snapshot.Outside)
        {
            var stream = snapshot.Streams.GetValueOrDefault(standing.Reader.Stream);
            if (LostBy(standing, stream) is { } lost) yield return Lost(standing, lost);
            if (standing.Released.Length > 0) yield return Released(standing);
            else if (TroubleOf(standing, stream) is { } trouble) yield return Unfollowed(standing.Reader, trouble);
        }

        var known = snapshot.Outside.Select(standing => RedisKeys.OutsideName(standing.Reader.Name)).ToHashSet();
        foreach (var (stream, standing) in snapshot.Streams)
        {
            foreach (var reader in standing.Readers.Where(reader => IsStray(reader.Name, known)))
                yield return Stray(stream, reader.Name[RedisKeys.OutsideName("").Length..]);
        }
    }

    private static bool IsStray(string reader, HashSet<string> known) =>
        reader.StartsWith(RedisKeys.OutsideName(""), StringComparison.Ordinal) && !known.Contains(reader);

    /// <summary>What was noted, and what no host has noted yet.</summary>
    private static string? LostBy(OutsideStanding standing, StreamStanding? stream)
    {
        var unnoted = stream is null || !standing.IsHolding || standing.Count is not { } count
            ? 0
            : Math.Max(0, stream.Added - stream.Length - count);
        var lost = standing.Lost + unnoted;
        if (lost > 0) return $"entries gone: {lost}";
        if (standing.LostTo.Length > 0) return $"entries up to {standing.LostTo} deleted";
        return standing.IsHolding && stream?.DeletedMax > standing.Position && stream.DeletedMax > standing.Deleted
            ? $"entries up to {stream.DeletedMax} deleted"
            : null;
    }

    private static string? TroubleOf(OutsideStanding standing, StreamStanding? stream)
    {
        if (standing.Count is null) return "no count of what it is done with";
        if (!standing.IsHolding) return $"not among those that hold {standing.Reader.Stream}";
        if (stream is not null && standing.Count > stream.Added) return $"{standing.Reader.Stream} was made anew";
        return standing.Trouble.Length > 0 ? standing.Trouble : null;
    }

    private static Finding Lost(OutsideStanding standing, string lost) => new(
        Checks.OutsideLost, standing.Reader.Stream, lost, $"every entry outside reader {standing.Reader.Name} is not " +
        "done with",
        "Somebody trimmed or deleted them. The pipeline had read them and goes on; tell whoever runs that program. " +
        $"{AddAgain(standing.Reader)}");

    private static Finding Released(OutsideStanding standing) => new(
        Checks.OutsideReleased, RedisKeys.Checkpoint(RedisKeys.OutsideName(standing.Reader.Name)),
        $"released {standing.Released}", $"{standing.Reader.Stream} to wait for outside reader {standing.Reader.Name}",
        $"It held {standing.Reader.Stream} without moving from {standing.Position} for " +
        $"{standing.Reader.ReleaseAfter}; what it had not read is trimmed since. Start that program again, and wait " +
        $"for it again with {Add(standing.Reader)}; or forget it with tradeos readers remove {standing.Reader.Name}.");

    private static Finding Unfollowed(OutsideReader reader, string trouble) => new(
        Checks.OutsideUnfollowed, RedisKeys.Checkpoint(RedisKeys.OutsideName(reader.Name)), trouble,
        $"a position of outside reader {reader.Name} in {reader.Stream} that only rises",
        $"{reader.Stream} is not trimmed past where it was last seen. Put its position right. {AddAgain(reader)}");

    private static Finding Stray(string stream, string name) => new(
        Checks.OutsideUnfollowed, RedisKeys.OutsideOf(stream), name, "readers that tradeos readers add registered",
        $"Somebody edited that set, and {stream} waits for a reader nobody follows. Run " +
        $"`SREM {RedisKeys.OutsideOf(stream)} {name}`.");

    private static string AddAgain(OutsideReader reader) =>
        $"To begin anew: tradeos readers remove {reader.Name}, then {Add(reader)}.";

    private static string Add(OutsideReader reader)
    {
        var group = reader.Group.Length > 0 ? $" --group {reader.Group}" : "";
        return $"tradeos readers add {reader.Name} --stream {reader.Stream}{group}";
    }
}

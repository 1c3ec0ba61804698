namespace TradeOs.Bus;

/// <summary>What is said of data that must be there and is not: what, how it shows, and the next move.</summary>
internal static class Loss
{
    /// <summary>The next move, at the end of a sentence.</summary>
    public const string Next =
        "undo it (RENAME, MOVE or SWAPDB back) or restore the data of this server, then start again. tradeos doctor " +
        "shows all that is missing.";

    private const string Begin = "Undo it (RENAME, MOVE or SWAPDB back) or restore the data of this " +
        "server, then start again. tradeos doctor shows all that is missing.";

    /// <summary>A stream that is not there, or a key of another type in its place.</summary>
    public static StreamDamagedException Missing(string stream, string user, string type) => new(
        $"{stream}: expected the stream {user} uses, found {Named(type)}. {Begin}");

    /// <summary>A key of ours of another type.</summary>
    public static StreamDamagedException Type(string key, string type, string expected) => new(
        $"{key}: expected a {expected}, found {Named(type)}. {Begin}");

    /// <summary>A command found something else than the key or group it is for.</summary>
    /// <param name="error">What the server said.</param>
    /// <param name="command">The command, as far as its key.</param>
    public static StreamDamagedException Refused(string error, params string[] command)
    {
        var isNested = command.Length > 2 && command[0] is "XINFO" or "XGROUP";
        var key = command.Length > 1 ? command[isNested ? 2 : 1] : "A stream";
        return new StreamDamagedException($"{key} is not what it was: {error}. {Begin}");
    }

    /// <summary>A checkpoint that was there.</summary>
    public static StreamDamagedException Checkpoint(string reader) => new(
        $"{RedisKeys.Checkpoint(reader)} is gone: {reader} was opened before, so its position was lost. {Begin}");

    /// <summary>Entries that are gone before they were read; null when there are none.</summary>
    /// <param name="reader">Who reads them.</param>
    /// <param name="facts">The stream, as it was between the two checkpoints.</param>
    /// <param name="before">Reader's count before the stream was looked at.</param>
    /// <param name="after">Reader's checkpoint after.</param>
    /// <param name="deletedBefore">What had been deleted before the reader began.</param>
    public static StreamDamagedException? Unread(
        ReaderDefinition reader, StreamFacts facts, long before, Checkpoint after, EntryId deletedBefore)
    {
        var gone = facts.Added - facts.Length;
        if (gone > after.Count)
        {
            return new StreamDamagedException(
                $"{reader.Input}: {gone - after.Count} entries vanished before {reader.Name} read them " +
                $"(appended {facts.Added}, held {facts.Length}, read {after.Count}). Somebody trimmed or deleted " +
                $"them; {Next}");
        }

        if (facts.DeletedMax > after.Position && facts.DeletedMax > deletedBefore)
        {
            return new StreamDamagedException(
                $"{reader.Input}: entries up to {facts.DeletedMax} were deleted, {reader.Name} had read up to " +
                $"{after.Position} only. {Begin}");
        }

        return before > facts.Added ? MadeAnew(reader, before, facts) : null;
    }

    /// <summary>A stream to which fewer entries were appended than its reader has read.</summary>
    public static StreamDamagedException MadeAnew(ReaderDefinition reader, long count, StreamFacts facts) => new(
        $"{reader.Input}: {reader.Name} has read {count} entries but only {facts.Added} were ever appended. The " +
        $"stream was deleted and made anew, or set back; {Next}");

    /// <summary>A stream that ends before an entry known to have been in it.</summary>
    public static StreamDamagedException SetBack(string stream, EntryId found, string known) => new(
        $"{stream}: its last id is {found}, expected at least {known}, which was written to it. The stream was " +
        $"deleted, or set back to an older copy; {Next}");

    /// <summary>A stream that lacks an entry known to have been in it, although nothing was ever removed.</summary>
    public static StreamDamagedException Replaced(string stream, string known, string writer) => new(
        $"{stream}: entry {known}, which {writer} wrote to it, is not there, and nothing was ever trimmed or " +
        $"deleted. The stream was deleted and made anew; {Next} To take it as it is, run HDEL " +
        $"{RedisKeys.Checkpoint(writer)} last:{stream}.");

    /// <summary>A stream nothing can be appended to any more.</summary>
    public static StreamDamagedException Exhausted(string stream, EntryId last) => new(
        $"{stream} holds the largest id there is, nothing can follow it: somebody appended or set {last}. With the " +
        $"host stopped remove it (XDEL {stream} ID), then give the stream its last good id back: XSETID {stream} ID " +
        "ENTRIESADDED n MAXDELETEDID id, n without that entry.");

    /// <summary>A state that is not as it was committed.</summary>
    public static StreamDamagedException State(string reader, string found, string expected) => new(
        $"{RedisKeys.State(reader)}: {found}, expected {expected} as {reader} committed it. Somebody changed, " +
        $"removed or replaced it; {Next} To take it as it is, run HDEL {RedisKeys.Checkpoint(reader)} digest " +
        "checksum.");

    /// <summary>A checkpoint that is not as it was committed.</summary>
    public static StreamDamagedException Edited(string reader, string found, string expected) => new(
        $"{RedisKeys.Checkpoint(reader)} was edited: position count written silent commit are \"{found}\", expected " +
        $"{expected}. Put it back with HSET, or restore the data of this server, then start again. To take it as it " +
        $"is, run HDEL {RedisKeys.Checkpoint(reader)} checksum and start once with --adopt.");

    private static string Named(string type) => type == "none" ? "nothing" : $"a {type}";
}

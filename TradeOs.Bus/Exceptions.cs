namespace TradeOs.Bus;

/// <summary>The server cannot be reached, or the connection was lost. The bus reopens the reader; nothing was
/// skipped.</summary>
public sealed class BusUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException);

/// <summary>Another host owns the reader now. This host stops, with exit code 3.</summary>
public sealed class FencedException(string message) : Exception(message);

/// <summary>Starting or going on would lose data or use the wrong server. The host stops, with exit code 3.</summary>
public sealed class RefusedException(string message) : Exception(message);

/// <summary>Data that must exist is gone or is not what it was. The host stops, with exit code 1.</summary>
public sealed class StreamDamagedException(string message) : Exception(message);

/// <summary>A stage broke its own rules, a bug: the stage stops, the host ends with exit code 1, nothing is
/// skipped.</summary>
public sealed class InvariantViolatedException(string message, Exception? innerException = null)
    : Exception(message, innerException);

/// <summary>A piece of a stage's state is not what the stage wrote: somebody changed it.</summary>
/// <param name="key">Which piece.</param>
/// <param name="found">What is kept there.</param>
/// <param name="cause">Why that cannot be read; null when it says nothing at all.</param>
public sealed class StateUnreadableException(string key, string found, Exception? cause = null)
    : Exception(cause?.Message ?? "It says nothing.", cause)
{
    private const int FoundLengthMax = 120;

    /// <summary>Which piece.</summary>
    public string Key { get; } = key;

    /// <summary>What is kept there, or its beginning.</summary>
    public string Found { get; } = found.Length <= FoundLengthMax ? found : found[..FoundLengthMax] + "...";
}

/// <summary>A stage cannot go past an entry; everything before that entry is committed, and the host ends with exit
/// code 1.</summary>
/// <param name="stage">Name of the stage.</param>
/// <param name="stream">Stream it reads.</param>
/// <param name="id">The entry.</param>
/// <param name="cause">What it threw: a bug, or <see cref="StateUnreadableException"/>.</param>
public sealed class StageFailedException(string stage, string stream, EntryId id, Exception cause)
    : Exception(Sentence(stage, stream, id, cause), cause)
{
    /// <summary>Name of the stage.</summary>
    public string Stage { get; } = stage;

    /// <summary>The entry it stopped at.</summary>
    public EntryId Id { get; } = id;

    private static string Sentence(string stage, string stream, EntryId id, Exception cause) =>
        $"{stage} failed at {stream}/{id}: " + (cause is StateUnreadableException state
            ? $"its state in {RedisKeys.State(stage)}, field '{state.Key}', is \"{state.Found}\", expected JSON as " +
              $"the stage writes it. {state.Message} Everything before this entry is committed. Somebody changed the " +
              "state: restore the data of this server."
            : $"{cause.GetType().Name}: {cause.Message} This is a bug in the stage; everything before this entry is " +
              "committed, nothing was skipped, and it stops here again after a restart.");
}

/// <summary>Entries vanished between two pages of a walk through a stream: what was read may have a gap. Walk
/// again.</summary>
public sealed class WalkOvertakenException(string message) : Exception(message);

namespace TradeOs.Bus;

/// <summary>What happens when an outside reader does not move while a stream has no room left.</summary>
public enum StuckRule
{
    /// <summary>The writer waits, back to the feed, until it moves or is removed.</summary>
    Wait,

    /// <summary>After <see cref="OutsideReader.ReleaseAfter"/> it is waited for no longer.</summary>
    Release,
}

/// <summary>A program that is no stage and that a stream is not trimmed past, as it was registered.</summary>
/// <param name="Name">Its name among the outside readers: lower-case letters, digits, dots and dashes.</param>
/// <param name="Stream">What it reads.</param>
/// <param name="Group">Its consumer group; empty when it keeps an offset of its own in
/// <see cref="RedisKeys.Offset"/>.</param>
/// <param name="OnStuck">What happens when it does not move.</param>
/// <param name="ReleaseAfter">How long it may hold the floor without moving before it is released.</param>
public sealed record OutsideReader(
    string Name, string Stream, string Group, StuckRule OnStuck, TimeSpan ReleaseAfter)
{
    /// <summary>Longest name.</summary>
    public const int NameLengthMax = 64;

    /// <summary>How long a reader may be stuck when nothing else is said: an hour.</summary>
    public static TimeSpan ReleaseAfterDefault { get; } = TimeSpan.FromHours(1);

    /// <summary>Whether a text can be such a name.</summary>
    public static bool IsName(string text) =>
        text is { Length: > 0 and <= NameLengthMax } && char.IsAsciiLetterOrDigit(text[0]) &&
        text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '-');
}

/// <summary>An outside reader and how far it is, as the host that follows it saw it last.</summary>
/// <param name="Reader">As it was registered.</param>
/// <param name="Position">Last entry it was seen to be done with.</param>
/// <param name="Count">Entries of its stream it was done with, counted from the stream's beginning; null when that
/// cannot be read.</param>
/// <param name="IsHolding">Whether its stream is not trimmed past it.</param>
public sealed record OutsideStanding(OutsideReader Reader, EntryId Position, long? Count, bool IsHolding)
{
    /// <summary>When it was registered; times are UTC, as text.</summary>
    public string Registered { get; init; } = "";

    /// <summary>When it was last seen to move.</summary>
    public string Moved { get; init; } = "";

    /// <summary>Since when it keeps its stream from being trimmed to the low-water mark; empty when it does not.
    /// </summary>
    public string Held { get; init; } = "";

    /// <summary>When it was released; empty when it was not.</summary>
    public string Released { get; init; } = "";

    /// <summary>Entries that vanished before it was done with them, as far as they could be counted.</summary>
    public long Lost { get; init; }

    /// <summary>Largest id that was deleted before it was done with it; empty when none was.</summary>
    public string LostTo { get; init; } = "";

    /// <summary>Largest id that had been deleted when it was last looked at.</summary>
    public EntryId Deleted { get; init; }

    /// <summary>When something was seen to be lost; empty when nothing was.</summary>
    public string LostAt { get; init; } = "";

    /// <summary>Why it cannot be followed; empty when it can.</summary>
    public string Trouble { get; init; } = "";
}

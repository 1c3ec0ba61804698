namespace TradeOs.Bus;

/// <summary>How far a reader has come, as last committed.</summary>
/// <param name="Position">Last input committed.</param>
/// <param name="Count">Inputs committed since the beginning.</param>
/// <param name="Written">Entries appended since the beginning.</param>
/// <param name="Silent">Inputs that caused no entry.</param>
public sealed record Checkpoint(EntryId Position, long Count, long Written, long Silent)
{
    /// <summary>Before the first commit.</summary>
    public static Checkpoint Start { get; } = new(EntryId.Zero, 0, 0, 0);
}

/// <summary>What a stream holds, now.</summary>
/// <param name="Length">Entries it holds.</param>
/// <param name="Added">Entries ever appended to it, trimmed ones included.</param>
/// <param name="LastId">Last id given out.</param>
/// <param name="DeletedMax">Largest id ever deleted one by one; trimming leaves it alone.</param>
public readonly record struct StreamReport(long Length, long Added, EntryId LastId, EntryId DeletedMax);

/// <summary>Bound and readers of a stream.</summary>
/// <param name="MaxLength">Entries the stream may hold; our own writers never pass it.</param>
/// <param name="Readers">Names of the readers that must have committed past an entry before it is trimmed.</param>
public sealed record StreamLimit(int MaxLength, System.Collections.Immutable.ImmutableArray<string> Readers)
{
    /// <summary>How long an entry is kept, by the time in its id; null keeps it as long as there is room.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Memory the stream may take; null is as much as MaxLength entries take.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Entries a trim at the cap leaves, at least: a tenth below <see cref="MaxLength"/>.</summary>
    public int LowWaterMark => MaxLength - (MaxLength / 10);
}

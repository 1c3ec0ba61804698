namespace TradeOs.Bus;

/// <summary>A stream between two readers of a chain: the one writes it, the other reads it, and nothing waits in
/// it.</summary>
/// <param name="stream">Its name.</param>
/// <param name="last">Its last id.</param>
/// <param name="time">Clock the ids are taken from.</param>
internal sealed class ChainLink(string stream, EntryId last, TimeProvider time)
{
    /// <summary>Its name.</summary>
    public string Stream { get; } = stream;

    /// <summary>Last id given; everything behind it is of somebody else.</summary>
    public EntryId Last { get; private set; } = last;

    /// <summary>The id of the next entry, as Redis would give it: the time, or one more than the last.</summary>
    public EntryId Next()
    {
        var now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        return Last = now > Last.Milliseconds ? new EntryId(now, 0) : Last with { Sequence = Last.Sequence + 1 };
    }
}

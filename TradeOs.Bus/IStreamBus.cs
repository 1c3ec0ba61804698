namespace TradeOs.Bus;

/// <summary>Ordered, durable streams of entries, and readers that consume one and write others atomically.</summary>
/// <remarks>
/// This contract is executable: <c>StreamBusContract</c> in TradeOs.Tests runs every sentence of it against
/// <c>RedisStreamBus</c> and <see cref="InMemoryStreamBus"/>. A behaviour that is not in it is not promised.
/// </remarks>
public interface IStreamBus
{
    /// <summary>Opens a reader at its checkpoint and fences whoever had it open before.</summary>
    /// <remarks>
    /// The first time a reader is opened its checkpoint, input, outputs and consumer group are created, and the reader
    /// starts at the oldest entry. Later, any of these missing means that data was lost.
    /// From the moment this returns, no commit of an earlier reader of that name can land and none of its reads can
    /// take
    /// entries. Entries a group reader had pending come first, in id order; then new ones.
    /// While the server is away this waits, says so once, and goes on when the server answers again.
    /// </remarks>
    /// <exception cref="FencedException">Another host has opened this reader since this bus did.</exception>
    /// <exception cref="StreamDamagedException">The checkpoint, a stream or a group that existed is gone, or entries
    /// vanished unread.</exception>
    /// <exception cref="RefusedException">The server may not be used: it would lose data, is another one, or refuses
    /// us.</exception>
    Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="countMax"/> entries of a stream after <paramref name="after"/>, for looking;
    /// nothing is consumed.</summary>
    /// <returns>Copies, oldest first; empty at the end of the stream and for a stream that does not exist.</returns>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    Task<IReadOnlyList<Entry>> RangeAsync(
        string stream, EntryId after, int countMax, CancellationToken cancellationToken);

    /// <summary>Length and appended count of a stream, now. All zero for a stream that does not exist.</summary>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken);

    /// <summary>Checkpoint of a reader, now; null when it was never opened.</summary>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken);
}

/// <summary>A reader opened at its checkpoint: read, decide, commit. One thread at a time.</summary>
public interface IStreamReader : IAsyncDisposable
{
    /// <summary>Where the reader stood when it was opened.</summary>
    Checkpoint Checkpoint { get; }

    /// <summary>The reader's keyed state as last committed, read when it was opened.</summary>
    IReadOnlyDictionary<string, string> State { get; }

    /// <summary>The control flag as it was when the reader was opened: every commit lands under this one or not at all.
    /// Empty when there is none, and for a reader that does not obey it.</summary>
    string Control { get; }

    /// <summary>What the last answer that was not <see cref="CommitResult.Committed"/> was about: stream, reader or
    /// cause.</summary>
    string Detail { get; }

    /// <summary>The next entries in id order, each delivered once per opening, whatever is committed.</summary>
    /// <param name="countMax">At most so many, above 0.</param>
    /// <param name="wait">How long to wait for the first one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Empty when nothing came in time, or when the token ended the wait. The entries are valid until the next
    /// read.</returns>
    /// <exception cref="BusUnavailableException">The connection is lost: reopen.</exception>
    /// <exception cref="StreamDamagedException">The input or the group is gone.</exception>
    ValueTask<IReadOnlyList<Entry>> ReadAsync(int countMax, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Lands outputs, acknowledgement, position, counts and state of the batch together, or nothing.</summary>
    /// <remarks>
    /// A batch of a reader with an input must have a position that this opening delivered. Committing the same batch
    /// again, unchanged, never writes twice. A writer keeps every stream at or below its MaxLength: oldest entries
    /// that every reader of the topology has committed past are trimmed, others never.
    /// </remarks>
    /// <exception cref="BusUnavailableException">The connection was lost and whether the batch landed is not known:
    /// reopen, the checkpoint tells.</exception>
    ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken);

    /// <summary>Whether the control flag is no longer <see cref="Control"/>; for a reader that has nothing to commit.
    /// Always false for one that does not obey it.</summary>
    /// <exception cref="BusUnavailableException">The connection is lost: reopen.</exception>
    ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken);

    /// <summary>Waits a moment after <see cref="CommitResult.Full"/>, until it makes sense to commit again.</summary>
    Task WaitForRoomAsync(CancellationToken cancellationToken);
}

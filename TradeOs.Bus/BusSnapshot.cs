using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>What a server holds at one moment beside the entries themselves.</summary>
/// <param name="Streams">Facts of each stream asked about.</param>
/// <param name="Readers">Checkpoint of each reader asked about.</param>
public sealed record BusSnapshot(
    ImmutableDictionary<string, StreamSnapshot> Streams, ImmutableDictionary<string, ReaderSnapshot> Readers);

/// <summary>One stream at that moment.</summary>
/// <param name="Type">Type of its key: <c>stream</c>, <c>none</c> or what stands in its place.</param>
/// <param name="Report">Length, appended count, last and largest deleted id; all zero when it is no stream.</param>
/// <param name="Groups">Its consumer groups.</param>
public sealed record StreamSnapshot(string Type, StreamReport Report, ImmutableArray<GroupSnapshot> Groups);

/// <summary>One consumer group at that moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pending">Entries delivered and not acknowledged.</param>
/// <param name="LastDelivered">Last entry delivered.</param>
/// <param name="Lag">Entries not delivered yet, as the server counts; null where it cannot.</param>
/// <param name="Consumers">Its consumers.</param>
/// <param name="PendingFirst">The oldest pending ids, at most <see cref="PendingNamedMax"/>.</param>
public sealed record GroupSnapshot(
    string Name, long Pending, EntryId LastDelivered, long? Lag, ImmutableArray<ConsumerSnapshot> Consumers,
    ImmutableArray<EntryId> PendingFirst)
{
    /// <summary>Pending ids named at most, 20.</summary>
    public const int PendingNamedMax = 20;
}

/// <summary>One consumer of a group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pending">Entries delivered to it and not acknowledged.</param>
public sealed record ConsumerSnapshot(string Name, long Pending);

/// <summary>One reader at that moment.</summary>
/// <param name="WasOpened">Whether it was ever opened.</param>
/// <param name="Checkpoint">How far it has come; null when there is no checkpoint that can be read.</param>
/// <param name="Fault">What is wrong with the checkpoint; null when nothing is, or when there is none.</param>
public sealed record ReaderSnapshot(bool WasOpened, Checkpoint? Checkpoint, string? Fault);

using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>Who reads what and writes where: the identity of one reader of the topology.</summary>
/// <param name="Name">Name of the reader; for a group reader also the name of its consumer group.</param>
/// <param name="Input">Stream it reads; null for a reader that only writes (a feed keeps its own positions as
/// state).</param>
/// <param name="Mode">How its progress through <paramref name="Input"/> is kept.</param>
/// <param name="Outputs">Every stream it may append to.</param>
/// <param name="StateVersion">Version of the shape of its keyed state; a checkpoint of another version is
/// refused.</param>
/// <param name="ObeysControl">Whether its commits land only under the control flag it was opened with.</param>
public sealed record ReaderDefinition(
    string Name, string? Input, ReadMode Mode, ImmutableArray<string> Outputs, int StateVersion,
    bool ObeysControl = false);

/// <summary>How a reader's progress through its input is kept.</summary>
public enum ReadMode
{
    /// <summary>The reader's own offset, in its checkpoint.</summary>
    Offset,

    /// <summary>A consumer group: entries delivered and not yet committed are pending, and a commit acknowledges
    /// them.</summary>
    Group,
}

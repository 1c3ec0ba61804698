using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>A bus on which readers that follow one another can commit together.</summary>
public interface IChainBus : IStreamBus
{
    /// <summary>Opens readers of which each reads what the one before it writes, as
    /// <see cref="IStreamBus.OpenAsync"/> opens each.</summary>
    /// <param name="definitions">Two or more offset readers, in the order facts flow.</param>
    /// <param name="cancellationToken">Ends the wait for a server that is away.</param>
    Task<IReaderChain> OpenChainAsync(
        ImmutableArray<ReaderDefinition> definitions, CancellationToken cancellationToken);
}

/// <summary>Readers opened together. As a reader it is the first of them; its commits land the batches of those behind
/// as well, all or nothing.</summary>
/// <remarks>
/// An entry on its way through the chain is read by nobody: the reader behind is handed it with the id it will have. So
/// nothing else may wait between them: what somebody else wrote there makes a commit answer
/// <see cref="CommitResult.Outside"/>, and each reader has to read for itself.
/// </remarks>
public interface IReaderChain : IStreamReader
{
    /// <summary>The readers behind the first, in the order facts flow.</summary>
    ImmutableArray<IStreamReader> Followers { get; }

    /// <summary>What each of them decided since the last commit; the loop fills and clears them.</summary>
    ImmutableArray<Batch> FollowerBatches { get; }

    /// <summary>Whether the last read found entries between the readers that the chain did not write.</summary>
    bool IsOutsideWaiting { get; }

    /// <summary>The id of the next entry for a follower.</summary>
    /// <param name="follower">Index in <see cref="Followers"/>.</param>
    EntryId NextId(int follower);
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>One source of rows in its own order, at the position after the last row taken.</summary>
internal interface IFeedSource : IAsyncDisposable
{
    /// <summary>What it is called in logs and dead letters: of a directory the file it is at.</summary>
    string Name { get; }

    /// <summary>What is known of it, as of the last row taken; of a directory the sum of its files.</summary>
    SourceRecord Record { get; }

    /// <summary>Bytes of its files read for the rows taken; 0 where there is no file.</summary>
    long BytesRead { get; }

    /// <summary>Whether its rows go out at the rhythm they were recorded in.</summary>
    bool IsPaced { get; }

    /// <summary>What it waits for when that may take long; null when it does not.</summary>
    string? WaitsFor { get; }

    /// <summary>Shows the next row without taking it.</summary>
    HeadState Peek(out FeedHead head);

    /// <summary>Takes the row last shown.</summary>
    void Take();

    /// <summary>Ends when <see cref="Peek"/> has something new to say.</summary>
    /// <exception cref="FeedFileException">The file cannot be read on.</exception>
    Task WaitAsync(CancellationToken cancellationToken);

    /// <summary>Adds its position, if it changed since the last call, to the batch.</summary>
    void Save(Batch batch);
}

/// <summary>What a source has to offer now.</summary>
internal enum HeadState
{
    /// <summary>A row.</summary>
    Ready,

    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>Nothing any more.</summary>
    Ended,
}

/// <summary>
/// The next row of a source and where it belongs in time: a refused one stays behind the row before it.
/// </summary>
internal readonly record struct FeedHead(DateTime At, FeedRow Row);

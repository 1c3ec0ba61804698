using TradeOs.Bus;

namespace TradeOs.Tests.Feeds;

/// <summary>A bus that notes of each commit with rows when it came and how many it had.</summary>
internal sealed class CommitLog(IStreamBus inner, TimeProvider time) : WatchedBus(inner)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary><c>seconds:rows</c>, one for each commit.</summary>
    public List<string> Commits { get; } = [];

    protected override ValueTask<CommitResult> CommitAsync(
        IStreamReader reader, Batch batch, CancellationToken cancellationToken)
    {
        var seconds = time.GetElapsedTime(_start).TotalSeconds;
        if (batch.InputCount > 0) Commits.Add(FormattableString.Invariant($"{seconds:0.###}:{batch.InputCount}"));
        return reader.CommitAsync(batch, cancellationToken);
    }
}

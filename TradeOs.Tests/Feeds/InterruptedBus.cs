using TradeOs.Bus;

namespace TradeOs.Tests.Feeds;

/// <summary>A bus on which something happens right after one of its commits has landed, or right before.</summary>
internal sealed class InterruptedBus(IStreamBus inner, int commits, Action happens, bool isBefore = false)
    : WatchedBus(inner)
{
    private int _commits;

    protected override async ValueTask<CommitResult> CommitAsync(
        IStreamReader reader, Batch batch, CancellationToken cancellationToken)
    {
        var isNow = ++_commits == commits;
        if (isNow && isBefore) happens();
        var result = await reader.CommitAsync(batch, cancellationToken);
        if (isNow && !isBefore) happens();
        return result;
    }
}

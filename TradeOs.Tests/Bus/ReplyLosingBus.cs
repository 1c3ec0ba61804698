using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>A bus whose every n-th commit lands and whose answer is then lost.</summary>
internal sealed class ReplyLosingBus(IStreamBus bus, int lostEvery) : WatchedBus(bus)
{
    private int _commits;

    public int Lost { get; private set; }

    protected override async ValueTask<CommitResult> CommitAsync(
        IStreamReader reader, Batch batch, CancellationToken cancellationToken)
    {
        var result = await reader.CommitAsync(batch, cancellationToken);
        if (++_commits % lostEvery != 0) return result;
        Lost++;
        throw new BusUnavailableException("The answer was lost.");
    }
}

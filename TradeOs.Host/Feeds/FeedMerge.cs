using System.Collections.Immutable;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// Several sources as one: the row with the earliest <c>at</c> is next, the first source named wins a tie.
/// </summary>
/// <remarks>
/// Heads are compared, so each source keeps its own order; no row goes before every source has shown its head.
/// </remarks>
internal sealed class FeedMerge(ImmutableArray<IFeedSource> sources) : IAsyncDisposable
{
    private readonly List<IFeedSource> _live = [.. sources];
    private IFeedSource? _waitsFor;

    public ImmutableArray<IFeedSource> Sources { get; } = sources;

    /// <summary>Whether every source has ended.</summary>
    public bool HasEnded => _live.Count == 0;

    /// <summary>Takes the next row; null when a source has to be waited for, or all have ended.</summary>
    public IFeedSource? Take(out FeedRow row)
    {
        IFeedSource? first = null;
        FeedHead earliest = default;
        _waitsFor = null;
        for (var index = 0; index < _live.Count && _waitsFor is null; index++)
        {
            var source = _live[index];
            switch (source.Peek(out var head))
            {
                case HeadState.Waiting:
                    _waitsFor = source;
                    break;
                case HeadState.Ended:
                    _live.RemoveAt(index--);
                    break;
                default:
                    if (first is null || head.At < earliest.At) (first, earliest) = (source, head);
                    break;
            }
        }

        row = earliest.Row;
        if (_waitsFor is not null) return null;
        first?.Take();
        return first;
    }

    /// <summary>Waits for the source that was not ready.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        _waitsFor?.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Adds every changed position to the batch.</summary>
    public void Save(Batch batch)
    {
        foreach (var source in Sources) source.Save(batch);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in Sources) await source.DisposeAsync();
    }
}

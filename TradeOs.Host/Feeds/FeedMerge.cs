using System.Collections.Immutable;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// Several sources as one: the row with the earliest <c>at</c> is next, the first source named wins a tie.
/// </summary>
/// <remarks>
/// Heads are compared, so each source keeps its own order; no row goes before every source has shown its head. A paced
/// row waits until it is due, and with it every row behind it, also of sources that are not paced: pace never changes
/// the order.
/// </remarks>
internal sealed class FeedMerge(ImmutableArray<IFeedSource> sources, PaceClock? pace) : IAsyncDisposable
{
    private readonly List<IFeedSource> _live = [.. sources];
    private IFeedSource? _waitsFor;

    public ImmutableArray<IFeedSource> Sources { get; } = sources;

    /// <summary>Whether every source has ended.</summary>
    public bool HasEnded => _live.Count == 0;

    /// <summary>The row that is not due yet; null when none holds the others up.</summary>
    public DueRow? Due { get; private set; }

    /// <summary>What the source that was not ready waits for, when that may take long.</summary>
    public string? WaitsFor => _waitsFor?.WaitsFor;

    /// <summary>Takes the next row; null when a source has to be waited for, or all have ended.</summary>
    public IFeedSource? Take(out FeedRow row)
    {
        IFeedSource? first = null;
        FeedHead earliest = default;
        (_waitsFor, Due) = (null, null);
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
        if (first is { IsPaced: true } && pace!.DueIn(earliest.At) is { Ticks: > 0 } dueIn)
        {
            Due = new DueRow(first.Name, earliest.At, dueIn);
            return null;
        }

        first?.Take();
        return first;
    }

    /// <summary>Waits for the source that was not ready, or until the next row may be due.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        Due is { } due
            ? pace!.WaitAsync(due.In, cancellationToken)
            : _waitsFor?.WaitAsync(cancellationToken) ?? Task.CompletedTask;

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

/// <summary>A row that waits for its time.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="At">Its time in the market.</param>
/// <param name="In">How long until it is due.</param>
internal readonly record struct DueRow(string Source, DateTime At, TimeSpan In);

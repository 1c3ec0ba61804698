using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>Stages running in their loops, as the host runs them, until disposed.</summary>
internal sealed class RunningStages : IAsyncDisposable
{
    /// <summary>The wait of a read as appsettings.json ships it.</summary>
    public static readonly TimeSpan ReadWait = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<LoopProgress> _progress = [];
    private readonly List<Task> _loops = [];

    public RunningStages(
        IStreamBus bus, IEnumerable<IStage> stages, int batchCountMax,
        IEnumerable<Func<CancellationToken, Task>>? beside = null, bool chained = true)
    {
        foreach (var loop in beside ?? []) _loops.Add(Task.Run(() => loop(_stop.Token)));
        var limits = new LoopLimits(batchCountMax, ReadWait);
        var rest = stages.ToList();
        foreach (var names in chained ? Topology.Chains.Where(chain => chain.Length > 1) : [])
        {
            var members = rest.Where(stage => names.Contains(stage.Reader.Name)).ToImmutableArray();
            rest.RemoveAll(members.Contains);
            var loop = new ChainLoop(
                (IChainBus)bus, members, limits, [.. members.Select(ProgressOf)], TimeProvider.System);
            _loops.Add(Task.Run(() => loop.RunAsync(_stop.Token)));
        }

        foreach (var stage in rest)
        {
            var loop = new StageLoop(bus, stage, limits, ProgressOf(stage));
            _loops.Add(Task.Run(() => loop.RunAsync(_stop.Token)));
        }
    }

    /// <summary>Waits until so many ticks are through; asks nothing of the server.</summary>
    /// <param name="ticks">Ticks fed.</param>
    /// <param name="engines">Stages that read each of them; those behind read an entry of each of those.</param>
    public Task ThroughAsync(long ticks, int engines = 1) =>
        WaitAsync(() => Task.FromResult(_progress.TrueForAll(stage =>
            stage.Count >= (stage.Name.StartsWith(Topology.Stages[0].Name, StringComparison.Ordinal)
                ? ticks : ticks * engines))));

    /// <summary>Waits until <paramref name="isDone"/>, or throws what ended a loop before.</summary>
    public async Task WaitAsync(Func<Task<bool>> isDone)
    {
        while (!await isDone())
        {
            if (_loops.FirstOrDefault(loop => loop.IsCompleted) is { } ended) await ended;
            await Task.Delay(Look);
        }
    }

    private LoopProgress ProgressOf(IStage stage)
    {
        var progress = new LoopProgress(stage.Reader.Name);
        _progress.Add(progress);
        return progress;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _stop.Dispose();
    }
}

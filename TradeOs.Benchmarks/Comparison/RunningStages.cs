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
        IEnumerable<Func<CancellationToken, Task>>? beside = null)
    {
        foreach (var loop in beside ?? []) _loops.Add(Task.Run(() => loop(_stop.Token)));
        foreach (var stage in stages)
        {
            var progress = new LoopProgress(stage.Reader.Name);
            var loop = new StageLoop(bus, stage, new LoopLimits(batchCountMax, ReadWait), progress);
            _progress.Add(progress);
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

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _stop.Dispose();
    }
}

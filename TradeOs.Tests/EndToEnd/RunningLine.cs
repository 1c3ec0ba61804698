using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.EndToEnd;

/// <summary>The whole pipeline in this process on a real server, each stage of which can be stopped alone.</summary>
internal sealed class RunningLine : IAsyncDisposable
{
    private readonly LoopLimits _limits;
    private readonly Dictionary<string, (LoopProgress Progress, CancellationTokenSource Stop, Task Loop)> _stages = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly FeedLoop _feed;
    private readonly Task _feeding;

    /// <summary>Starts it.</summary>
    public RunningLine(
        TestRedis server, string feed, int batchCountMax, ImmutableDictionary<string, StreamLimit> limits)
    {
        _limits = new LoopLimits(batchCountMax, TimeSpan.FromMilliseconds(100));
        Bus = new RedisStreamBus(
            server.Options, limits, new OpenGate(), Guid.NewGuid().ToString("N"), TimeProvider.System,
            NullLogger<RedisStreamBus>.Instance);
        _feed = new FeedLoop(
            Bus, [FeedSpec.Parse(feed)], _limits, new FeedProgress(), TimeProvider.System,
            NullLogger<FeedLoop>.Instance);
        foreach (var stage in Topology.Stages) Start(stage.Name);
        _feeding = Task.Run(() => _feed.RunAsync(_stop.Token));
    }

    public RedisStreamBus Bus { get; }

    /// <summary>What each loop before a reader waits for, from the feed on.</summary>
    public IReadOnlyList<string?> WaitsBefore(string reader) =>
    [
        _feed.Progress.Loop.RoomAwaited,
        .. Topology.Stages.TakeWhile(stage => stage.Name != reader)
            .Select(stage => _stages[stage.Name].Progress.RoomAwaited),
    ];

    /// <summary>Rows committed.</summary>
    public long Rows => _feed.Progress.Rows;

    /// <summary>Whether everything that was fed is through; throws what ended a loop before.</summary>
    public async Task<bool> IsThroughAsync()
    {
        await ThrowIfEndedAsync();
        return _feeding.IsCompletedSuccessfully &&
            (await PipelineReport.ReadAsync(Bus, [], CancellationToken.None)).IsThrough;
    }

    /// <summary>Throws what ended a loop.</summary>
    public async Task ThrowIfEndedAsync()
    {
        if (_feeding.IsFaulted) await _feeding;
        foreach (var stage in _stages.Values.Where(stage => stage.Loop.IsFaulted)) await stage.Loop;
    }

    /// <summary>Starts a stage, from where it committed last.</summary>
    public void Start(string name)
    {
        var stage = Pipeline.CreateStages(new StageOptions()).Single(stage => stage.Reader.Name == name);
        if (_stages.TryGetValue(name, out var before)) before.Stop.Dispose();
        var (progress, stop) = (new LoopProgress(name), new CancellationTokenSource());
        var loop = new StageLoop(Bus, stage, _limits, progress);
        _stages[name] = (progress, stop, Task.Run(() => loop.RunAsync(stop.Token)));
    }

    /// <summary>Stops a stage between two commits.</summary>
    public async Task StopAsync(string name)
    {
        await _stages[name].Stop.CancelAsync();
        await _stages[name].Loop;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (_, stop, _) in _stages.Values) await stop.CancelAsync();
        await Task.WhenAll(_stages.Values.Select(stage => stage.Loop).Append(_feeding))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var (_, stop, _) in _stages.Values) stop.Dispose();
        _stop.Dispose();
        Bus.Dispose();
    }
}

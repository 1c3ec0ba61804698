using BenchmarkDotNet.Attributes;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>What does an entry cost when so many share one commit? Redis fsyncs once a commit.</summary>
public class CommitCostByBatchSize
{
    private readonly Batch _batch = new();
    private BenchmarkServer _server = null!;
    private RedisStreamBus _bus = null!;
    private IStreamReader _feed = null!;

    // BenchmarkDotNet's toolchain for this process does not await a setup.
    [GlobalSetup]
    public void Start() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Stop() => StopAsync().GetAwaiter().GetResult();

    [Benchmark(Baseline = true)]
    public Task One() => CommitAsync(1);

    [Benchmark(OperationsPerInvoke = 16)]
    public Task Sixteen() => CommitAsync(16);

    [Benchmark(OperationsPerInvoke = 128)]
    public Task OneHundredTwentyEight() => CommitAsync(128);

    [Benchmark(OperationsPerInvoke = 256)]
    public Task TwoHundredFiftySix() => CommitAsync(256);

    private async Task CommitAsync(int count)
    {
        _batch.Clear();
        for (var entry = 0; entry < count; entry++)
        {
            SampleTick.Trade.Write(_batch.Append(StreamNames.MarketData));
            _batch.Complete(EntryId.Zero);
        }

        var result = await _feed.CommitAsync(_batch, CancellationToken.None);
        if (result != CommitResult.Committed) throw new InvalidOperationException($"{result}: {_feed.Detail}");
    }

    private async Task StartAsync()
    {
        _server = await BenchmarkServer.StartAsync();
        // Nobody reads what is written: without readers the stream is trimmed and never full.
        var limits = new Dictionary<string, StreamLimit> { [StreamNames.MarketData] = new(10_000, []) };
        _bus = _server.NewBus(limits);
        _feed = await _bus.OpenAsync(Topology.Feed, CancellationToken.None);
    }

    private async Task StopAsync()
    {
        await _feed.DisposeAsync();
        _bus.Dispose();
        await _server.DisposeAsync();
    }
}

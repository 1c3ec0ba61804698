using BenchmarkDotNet.Attributes;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>What does trimming cost a commit, and what does it cost to wait for outside readers?</summary>
/// <remarks>
/// Each commit has 128 ticks. At a cap of 10,000 one commit in eight trims, as it does in service; without a cap none
/// does. The outside readers have read everything, so that they cost what looking at them costs. Without fsync, which
/// is the same for all and would drown the answer; what the script took inside Redis is printed at the end of a case.
/// </remarks>
public class TrimCostByOutsideReaders
{
    private const int Ticks = 128;

    private readonly Batch _batch = new();
    private BenchmarkServer _server = null!;
    private RedisStreamBus _bus = null!;
    private IStreamReader _feed = null!;

    /// <summary>Entries the stream may hold.</summary>
    [Params(100_000_000, 10_000)]
    public int MaxLength { get; set; }

    /// <summary>Outside readers registered for it.</summary>
    [Params(0, 3)]
    public int OutsideReaders { get; set; }

    // BenchmarkDotNet's toolchain for this process does not await a setup.
    [GlobalSetup]
    public void Start() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Stop() => StopAsync().GetAwaiter().GetResult();

    [Benchmark]
    public async Task Commit()
    {
        _batch.Clear();
        for (var entry = 0; entry < Ticks; entry++)
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
        var limits = new Dictionary<string, StreamLimit> { [StreamNames.MarketData] = new(MaxLength, []) };
        _bus = _server.NewBus(limits);
        _feed = await _bus.OpenAsync(Topology.Feed, CancellationToken.None);
        using var control = await ControlConnection.ConnectAsync(_server.Options, CancellationToken.None);
        await control.ExecuteAsync("CONFIG", "SET", "appendfsync", "no");
        for (var reader = 0; reader < OutsideReaders; reader++)
        {
            // A count beyond everything: it is looked at, and never holds anything.
            var key = RedisKeys.Checkpoint(RedisKeys.OutsideName($"reader-{reader}"));
            await control.ExecuteAsync("HSET", key, "position", "0-0", "count", long.MaxValue / 2);
            await control.ExecuteAsync("SADD", RedisKeys.OutsideOf(StreamNames.MarketData), $"reader-{reader}");
        }

        for (var commit = 0; commit < 100; commit++) await Commit();
        await control.ExecuteAsync("CONFIG", "RESETSTAT");
    }

    private async Task StopAsync()
    {
        using (var control = await ControlConnection.ConnectAsync(_server.Options, CancellationToken.None))
        {
            var spent = (await control.InfoAsync("commandstats"))["cmdstat_evalsha"];
            Console.WriteLine($"// In Redis, MaxLength {MaxLength}, outside readers {OutsideReaders}: {spent}");
        }

        await _feed.DisposeAsync();
        _bus.Dispose();
        await _server.DisposeAsync();
    }
}

using BenchmarkDotNet.Attributes;
using TradeOs.Bus;

namespace TradeOs.Benchmarks;

/// <summary>What does a hop cost, entries appended, read and acknowledged: by an own offset, by a consumer group, and
/// by the client library, awaiting each and pipelined?</summary>
public class HopByBatchSize : BatchQuestion
{
    private HopServer _offset = null!;
    private HopServer _group = null!;

    // BenchmarkDotNet's toolchain for this process does not await a setup.
    [GlobalSetup]
    public void Start()
    {
        _offset = HopServer.StartAsync(Fields, Fsync, ReadMode.Offset).GetAwaiter().GetResult();
        _group = HopServer.StartAsync(Fields, Fsync, ReadMode.Group).GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Stop()
    {
        _offset.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _group.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Benchmark(Baseline = true)]
    public Task LibraryAwaitingEach() => LibraryAsync(isPipelined: false);

    [Benchmark]
    public Task LibraryPipelined() => LibraryAsync(isPipelined: true);

    [Benchmark]
    public Task OffsetReader() => OursAsync(_offset);

    [Benchmark]
    public Task GroupReader() => OursAsync(_group);

    private async Task LibraryAsync(bool isPipelined)
    {
        await _offset.LibraryAppendAsync(Entries, isPipelined);
        await _offset.LibraryReadAsync(Entries, isPipelined);
    }

    private async Task OursAsync(HopServer server)
    {
        await server.AppendAsync(Entries);
        await server.ReadAsync(Entries);
    }
}

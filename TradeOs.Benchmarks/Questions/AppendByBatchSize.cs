using BenchmarkDotNet.Attributes;

namespace TradeOs.Benchmarks;

/// <summary>What does it cost to append so many entries, over the client library awaiting each, and all
/// together?</summary>
/// <remarks>Ours is fenced and checked, and bounded exactly; the library's is bounded
/// about.</remarks>
public class AppendByBatchSize : BatchQuestion
{
    private HopServer _server = null!;

    // BenchmarkDotNet's toolchain for this process does not await a setup.
    [GlobalSetup]
    public void Start() => _server = HopServer.StartAsync(Fields, Fsync, mode: null).GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Stop() => _server.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true)]
    public Task LibraryAwaitingEach() => _server.LibraryAppendAsync(Entries, isPipelined: false);

    [Benchmark]
    public Task LibraryPipelined() => _server.LibraryAppendAsync(Entries, isPipelined: true);

    [Benchmark]
    public Task Commit() => _server.AppendAsync(Entries);
}

using BenchmarkDotNet.Attributes;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>What does it cost to make a trade of the fields of an entry, over walking through them?</summary>
public class DecodeTick
{
    private readonly Batch _batch = new();
    private Fields _fields;

    // BenchmarkDotNet's toolchain for this process does not await a setup.
    [GlobalSetup]
    public void WriteOne() => WriteOneAsync().GetAwaiter().GetResult();

    [Benchmark(Baseline = true)]
    public int Walk()
    {
        var bytes = 0;
        foreach (var field in _fields) bytes += field.Name.Length + field.Value.Length;
        return bytes;
    }

    [Benchmark]
    public MarketEvent? Decode() => MarketEvent.Read(_fields, out _);

    [Benchmark]
    public int Encode()
    {
        _batch.Clear();
        SampleTick.Trade.Write(_batch.Append(StreamNames.MarketData));
        return _batch.OutputCount;
    }

    private async Task WriteOneAsync()
    {
        var bus = new InMemoryStreamBus(new MemoryStore(BenchmarkServer.DefaultLimits()));
        var feed = await bus.OpenAsync(Topology.Feed, CancellationToken.None);
        SampleTick.Trade.Write(_batch.Append(StreamNames.MarketData));
        await feed.CommitAsync(_batch, CancellationToken.None);
        _fields = (await bus.RangeAsync(StreamNames.MarketData, EntryId.Zero, 1, CancellationToken.None))[0].Fields;
    }
}

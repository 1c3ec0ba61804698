using BenchmarkDotNet.Attributes;

namespace TradeOs.Benchmarks;

/// <summary>How many ticks go through the whole pipeline in memory, and does the number of symbols matter?</summary>
public class ReplayInMemory
{
    private const int TickCount = 200_000;

    private readonly MemoryReplay _default = MemoryReplay.OfDefaultMarket(TickCount);
    private readonly MemoryReplay _one = MemoryReplay.OfSymbols(1, TickCount);
    private readonly MemoryReplay _fifty = MemoryReplay.OfSymbols(50, TickCount);
    private readonly MemoryReplay _fiveHundred = MemoryReplay.OfSymbols(500, TickCount);

    [Benchmark(Baseline = true, OperationsPerInvoke = TickCount)]
    public Task<long> OneSymbol() => _one.RunAsync();

    [Benchmark(OperationsPerInvoke = TickCount)]
    public Task<long> FiftySymbols() => _fifty.RunAsync();

    [Benchmark(OperationsPerInvoke = TickCount)]
    public Task<long> FiveHundredSymbols() => _fiveHundred.RunAsync();

    [Benchmark(OperationsPerInvoke = TickCount)]
    public Task<long> DefaultMarket() => _default.RunAsync();
}

using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>Simulated trades, made beforehand, through the whole pipeline on the in-memory bus, on one
/// thread.</summary>
internal sealed class MemoryReplay
{
    private const int BatchCountMax = 128;

    // The last streams get about 17 entries of a thousand ticks.
    private const int TicksForEveryStream = 100_000;

    // Each symbol trades twice a second of market time, so that bars close as often however many there are: a heavy
    // load, since every other trade closes a bar.
    private const int SymbolStepMs = 500;

    /// <summary>The market <c>tradeos run</c> makes by default.</summary>
    public static MemoryReplay OfDefaultMarket(int tickCount) => new(symbolCount: 3, stepMs: 100, tickCount);

    /// <summary>A market of so many symbols, up to 500; each closes a bar as often.</summary>
    public static MemoryReplay OfSymbols(int symbolCount, int tickCount) =>
        new(symbolCount, SymbolStepMs / symbolCount, tickCount);

    private MemoryReplay(int symbolCount, int stepMs, int tickCount)
    {
        var spec = FormattableString.Invariant(
            $"simulated:rate=max,symbols={symbolCount},step={stepMs},count={tickCount}");
        Events = [.. Make(FeedSpec.Parse(spec), tickCount)];
    }

    /// <summary>The ticks of a run.</summary>
    public ImmutableArray<MarketEvent> Events { get; }

    /// <summary>Runs all of them through new stages on a new store.</summary>
    /// <returns>Entries of the last stream, so that nobody can say that nothing was done.</returns>
    public async Task<long> RunAsync()
    {
        var bus = await FilledAsync(lengthMax: null);
        return (await bus.InspectStreamAsync(StreamNames.Metrics, CancellationToken.None)).Added;
    }

    /// <summary>First entries of a stream after a run over the default market, long enough for every
    /// stream.</summary>
    public static async Task<IReadOnlyList<Entry>> EntriesAsync(string stream, int countMax)
    {
        var bus = await OfDefaultMarket(TicksForEveryStream).FilledAsync(TicksForEveryStream);
        return await bus.RangeAsync(stream, EntryId.Zero, countMax, CancellationToken.None);
    }

    private async Task<InMemoryStreamBus> FilledAsync(int? lengthMax)
    {
        var bus = new InMemoryStreamBus(new MemoryStore(BenchmarkServer.DefaultLimits(lengthMax)));
        var feed = await bus.OpenAsync(Topology.Feed, CancellationToken.None);
        var drives = new List<Drive>();
        foreach (var stage in Pipeline.CreateStages(new StageOptions())) drives.Add(await Drive.OpenAsync(bus, stage));
        var batch = new Batch();
        for (var start = 0; start < Events.Length; start += BatchCountMax)
        {
            batch.Clear();
            foreach (var tick in Events.AsSpan()[start..Math.Min(start + BatchCountMax, Events.Length)])
            {
                tick.Write(batch.Append(StreamNames.MarketData));
                batch.Complete(EntryId.Zero);
            }

            await feed.CommitAsync(batch, CancellationToken.None);
            foreach (var drive in drives) await drive.DrainAsync();
        }

        return bus;
    }

    private static IEnumerable<MarketEvent> Make(FeedSpec spec, int tickCount)
    {
        var record = new SourceRecord("simulated", "", "simulated", "simulated", "", 0, "", 0, 0, 0, false);
        var source = new SimulatedSource(
            0, record, spec.Simulation!, ImmutableDictionary<string, string>.Empty, TimeProvider.System);
        for (var tick = 0; tick < tickCount && source.Peek(out var head) == HeadState.Ready; tick++)
        {
            source.Take();
            yield return head.Row.Event!;
        }
    }

    /// <summary>What <see cref="StageLoop"/> does, without waiting for more.</summary>
    private sealed class Drive(IStreamReader reader, IStage stage)
    {
        private readonly Batch _batch = new();

        public static async Task<Drive> OpenAsync(InMemoryStreamBus bus, IStage stage)
        {
            var reader = await bus.OpenAsync(stage.Reader, CancellationToken.None);
            stage.Restore(reader.State);
            return new Drive(reader, stage);
        }

        public async ValueTask DrainAsync()
        {
            IReadOnlyList<Entry> entries;
            do
            {
                entries = await reader.ReadAsync(BatchCountMax, TimeSpan.Zero, CancellationToken.None);
                _batch.Clear();
                for (var index = 0; index < entries.Count; index++) stage.Apply(entries[index], _batch);
                if (entries.Count == 0) return;
                stage.Save(_batch);
                await reader.CommitAsync(_batch, CancellationToken.None);
            }
            while (entries.Count == BatchCountMax);
        }
    }
}

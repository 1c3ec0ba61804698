using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>How a stage's life goes between commits.</summary>
internal enum Life
{
    /// <summary>It lives on.</summary>
    Calm,

    /// <summary>After every commit it is opened again.</summary>
    Restarts,

    /// <summary>Every batch is decided, lost before its commit, and decided again after opening.</summary>
    Crashes,
}

/// <summary>Feeds events and drives stages one after the other on the in-memory bus, until all is read.</summary>
internal sealed class PipelineRun(StageOptions options, int batchCountMax, Life life = Life.Calm)
{
    private readonly InMemoryStreamBus _bus = new(new MemoryStore(new Dictionary<string, StreamLimit>()));

    public InMemoryStreamBus Bus => _bus;

    public async Task<PipelineRun> FeedAsync(IEnumerable<MarketEvent> events)
    {
        var feed = await _bus.OpenAsync(Topology.Feed, CancellationToken.None);
        foreach (var chunk in events.Chunk(1000))
        {
            var batch = new Batch();
            foreach (var input in chunk) input.Write(batch.Append(StreamNames.MarketData));
            await feed.CommitAsync(batch, CancellationToken.None);
        }

        return this;
    }

    /// <summary>Appends signals as another program would: without provenance.</summary>
    public async Task<PipelineRun> SignalAsync(IEnumerable<Signal> signals)
    {
        var definition = new ReaderDefinition("outside", null, ReadMode.Offset, [StreamNames.SignalsRaw], 1);
        var writer = await _bus.OpenAsync(definition, CancellationToken.None);
        var batch = new Batch();
        foreach (var signal in signals) signal.WriteBody(batch.Append(StreamNames.SignalsRaw).Add("at"u8, signal.At));
        await writer.CommitAsync(batch, CancellationToken.None);
        return this;
    }

    public async Task<PipelineRun> RunAsync()
    {
        foreach (var stage in Pipeline.CreateStages(options)) await DriveAsync(stage);
        return this;
    }

    /// <summary>Every entry of every stream in order, as text.</summary>
    public async Task<IReadOnlyList<string>> TextAsync()
    {
        var text = new List<string>();
        foreach (var stream in Topology.Streams.Skip(1))
        {
            foreach (var entry in await EntriesAsync(stream)) text.Add($"{stream} {entry.Id} {entry.Fields}");
        }

        return text;
    }

    public Task<IReadOnlyList<Entry>> EntriesAsync(string stream) =>
        _bus.RangeAsync(stream, EntryId.Zero, int.MaxValue, CancellationToken.None);

    private async Task DriveAsync(IStage stage)
    {
        var reader = await OpenAsync(stage);
        var batch = new Batch();
        while (await DecideAsync(reader, stage, batch))
        {
            if (life == Life.Crashes)
            {
                reader = await OpenAsync(stage);
                await DecideAsync(reader, stage, batch);
            }

            stage.Save(batch);
            var result = await reader.CommitAsync(batch, CancellationToken.None);
            if (result != CommitResult.Committed) throw new InvalidOperationException($"{result}: {reader.Detail}");
            if (life != Life.Calm) reader = await OpenAsync(stage);
        }
    }

    private async Task<IStreamReader> OpenAsync(IStage stage)
    {
        var reader = await _bus.OpenAsync(stage.Reader, CancellationToken.None);
        stage.Restore(reader.State);
        return reader;
    }

    private async Task<bool> DecideAsync(IStreamReader reader, IStage stage, Batch batch)
    {
        var entries = await reader.ReadAsync(batchCountMax, TimeSpan.Zero, CancellationToken.None);
        batch.Clear();
        foreach (var entry in entries) stage.Apply(entry, batch);
        return entries.Count > 0;
    }
}

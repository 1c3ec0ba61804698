using System.Diagnostics;
using TradeOs.Bus;

namespace TradeOs.Benchmarks;

/// <summary>A bus that notes when each input of one reader was committed: its outputs are on disk then.</summary>
internal sealed class ArrivalBus(IStreamBus bus, string readerName) : IStreamBus
{
    /// <summary>Timestamps of <see cref="Stopwatch"/>, one an input, in order. Read when the reader is idle.</summary>
    public List<long> Arrivals { get; } = [];

    public async Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken)
    {
        var reader = await bus.OpenAsync(definition, cancellationToken);
        return definition.Name == readerName ? new ArrivalReader(reader, Arrivals) : reader;
    }

    public Task<IReadOnlyList<Entry>> RangeAsync(
        string stream, EntryId after, int countMax, CancellationToken cancellationToken) =>
        bus.RangeAsync(stream, after, countMax, cancellationToken);

    public Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken) =>
        bus.InspectStreamAsync(stream, cancellationToken);

    public Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken) =>
        bus.InspectReaderAsync(reader, cancellationToken);

    private sealed class ArrivalReader(IStreamReader reader, List<long> arrivals) : IStreamReader
    {
        public Checkpoint Checkpoint => reader.Checkpoint;

        public IReadOnlyDictionary<string, string> State => reader.State;

        public string Control => reader.Control;

        public string Detail => reader.Detail;

        public ValueTask<IReadOnlyList<Entry>> ReadAsync(
            int countMax, TimeSpan wait, CancellationToken cancellationToken) =>
            reader.ReadAsync(countMax, wait, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken)
        {
            var result = await reader.CommitAsync(batch, cancellationToken);
            var now = Stopwatch.GetTimestamp();
            if (result == CommitResult.Committed)
                for (var input = 0; input < batch.InputCount; input++) arrivals.Add(now);
            return result;
        }

        public ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
            reader.IsControlChangedAsync(cancellationToken);

        public Task WaitForRoomAsync(CancellationToken cancellationToken) => reader.WaitForRoomAsync(cancellationToken);

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}

using TradeOs.Bus;

namespace TradeOs.Benchmarks;

/// <summary>A bus that says committed and keeps nothing: what is left is the cost of the feed alone.</summary>
internal sealed class DroppingBus(IStreamBus bus) : IStreamBus
{
    public async Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken) =>
        new DroppingReader(await bus.OpenAsync(definition, cancellationToken));

    public Task<IReadOnlyList<Entry>> RangeAsync(
        string stream, EntryId after, int countMax, CancellationToken cancellationToken) =>
        bus.RangeAsync(stream, after, countMax, cancellationToken);

    public Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken) =>
        bus.InspectStreamAsync(stream, cancellationToken);

    public Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken) =>
        bus.InspectReaderAsync(reader, cancellationToken);

    private sealed class DroppingReader(IStreamReader reader) : IStreamReader
    {
        public Checkpoint Checkpoint => reader.Checkpoint;

        public IReadOnlyDictionary<string, string> State => reader.State;

        public string Control => reader.Control;

        public string Detail => reader.Detail;

        public ValueTask<IReadOnlyList<Entry>> ReadAsync(
            int countMax, TimeSpan wait, CancellationToken cancellationToken) =>
            reader.ReadAsync(countMax, wait, cancellationToken);

        public ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken) =>
            ValueTask.FromResult(CommitResult.Committed);

        public ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
            reader.IsControlChangedAsync(cancellationToken);

        public Task WaitForRoomAsync(CancellationToken cancellationToken) => reader.WaitForRoomAsync(cancellationToken);

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}

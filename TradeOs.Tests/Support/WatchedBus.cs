using TradeOs.Bus;

namespace TradeOs.Tests;

/// <summary>A bus whose commits pass through a method that may look, fail, or answer in its place.</summary>
internal abstract class WatchedBus(IStreamBus inner) : IStreamBus
{
    public async Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken) =>
        new Reader(await inner.OpenAsync(definition, cancellationToken), this);

    public Task<IReadOnlyList<Entry>> RangeAsync(string stream, EntryId after, int countMax,
        CancellationToken cancellationToken) =>
        inner.RangeAsync(stream, after, countMax, cancellationToken);

    public Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken) =>
        inner.InspectStreamAsync(stream, cancellationToken);

    public Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken) =>
        inner.InspectReaderAsync(reader, cancellationToken);

    /// <summary>Commits, or does something else.</summary>
    protected abstract ValueTask<CommitResult> CommitAsync(
        IStreamReader reader, Batch batch, CancellationToken cancellationToken);

    private sealed class Reader(IStreamReader inner, WatchedBus bus) : IStreamReader
    {
        public Checkpoint Checkpoint => inner.Checkpoint;

        public IReadOnlyDictionary<string, string> State => inner.State;

        public string Control => inner.Control;

        public string Detail => inner.Detail;

        public ValueTask<IReadOnlyList<Entry>> ReadAsync(int countMax, TimeSpan wait,
            CancellationToken cancellationToken) =>
            inner.ReadAsync(countMax, wait, cancellationToken);

        public ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken) =>
            bus.CommitAsync(inner, batch, cancellationToken);

        public ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
            inner.IsControlChangedAsync(cancellationToken);

        public Task WaitForRoomAsync(CancellationToken cancellationToken) => inner.WaitForRoomAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

using TradeOs.Bus;

namespace TradeOs.Tests.Feeds;

/// <summary>A bus on which something happens right after one of its commits has landed.</summary>
internal sealed class InterruptedBus(IStreamBus inner, int commits, Action happens) : IStreamBus
{
    private int _landed;

    public async Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken) =>
        new Reader(await inner.OpenAsync(definition, cancellationToken), this);

    public Task<IReadOnlyList<Entry>> RangeAsync(string stream, EntryId after, int countMax,
        CancellationToken cancellationToken) =>
        inner.RangeAsync(stream, after, countMax, cancellationToken);

    public Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken) =>
        inner.InspectStreamAsync(stream, cancellationToken);

    public Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken) =>
        inner.InspectReaderAsync(reader, cancellationToken);

    private void Landed()
    {
        if (++_landed == commits) happens();
    }

    private sealed class Reader(IStreamReader inner, InterruptedBus bus) : IStreamReader
    {
        public Checkpoint Checkpoint => inner.Checkpoint;

        public IReadOnlyDictionary<string, string> State => inner.State;

        public string Detail => inner.Detail;

        public ValueTask<IReadOnlyList<Entry>> ReadAsync(int countMax, TimeSpan wait,
            CancellationToken cancellationToken) =>
            inner.ReadAsync(countMax, wait, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken)
        {
            var result = await inner.CommitAsync(batch, cancellationToken);
            bus.Landed();
            return result;
        }

        public Task WaitForRoomAsync(CancellationToken cancellationToken) => inner.WaitForRoomAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>A bus whose every n-th commit lands and whose answer is then lost.</summary>
internal sealed class ReplyLosingBus(IStreamBus bus, int lostEvery) : IStreamBus
{
    private int _commits;

    public int Lost { get; private set; }

    public async Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken) =>
        new Reader(this, await bus.OpenAsync(definition, cancellationToken));

    public Task<IReadOnlyList<Entry>> RangeAsync(
        string stream, EntryId after, int countMax, CancellationToken cancellationToken) =>
        bus.RangeAsync(stream, after, countMax, cancellationToken);

    public Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken) =>
        bus.InspectStreamAsync(stream, cancellationToken);

    public Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken) =>
        bus.InspectReaderAsync(reader, cancellationToken);

    private sealed class Reader(ReplyLosingBus bus, IStreamReader reader) : IStreamReader
    {
        public Checkpoint Checkpoint => reader.Checkpoint;

        public IReadOnlyDictionary<string, string> State => reader.State;

        public string Detail => reader.Detail;

        public ValueTask<IReadOnlyList<Entry>> ReadAsync(
            int countMax, TimeSpan wait, CancellationToken cancellationToken) =>
            reader.ReadAsync(countMax, wait, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken)
        {
            var result = await reader.CommitAsync(batch, cancellationToken);
            if (++bus._commits % bus.LostEvery != 0) return result;
            bus.Lost++;
            throw new BusUnavailableException("The answer was lost.");
        }

        public Task WaitForRoomAsync(CancellationToken cancellationToken) => reader.WaitForRoomAsync(cancellationToken);

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }

    private int LostEvery => lostEvery;
}

using System.Collections.Immutable;
using System.Diagnostics;
using TradeOs.Bus;

namespace TradeOs.Benchmarks;

/// <summary>A bus that notes when each input of one reader was committed: its outputs are on disk then.</summary>
internal sealed class ArrivalBus(IChainBus bus, string readerName) : IChainBus
{
    /// <summary>Timestamps of <see cref="Stopwatch"/>, one an input, in order. Read when the reader is idle.</summary>
    public List<long> Arrivals { get; } = [];

    public async Task<IStreamReader> OpenAsync(ReaderDefinition definition, CancellationToken cancellationToken)
    {
        var reader = await bus.OpenAsync(definition, cancellationToken);
        return definition.Name == readerName ? new ArrivalReader(reader, Arrivals) : reader;
    }

    public async Task<IReaderChain> OpenChainAsync(
        ImmutableArray<ReaderDefinition> definitions, CancellationToken cancellationToken)
    {
        var chain = await bus.OpenChainAsync(definitions, cancellationToken);
        var reader = definitions.Select(definition => definition.Name).ToList().IndexOf(readerName);
        return reader > 0 ? new ArrivalChain(chain, chain.FollowerBatches[reader - 1], Arrivals) : chain;
    }

    public Task<IReadOnlyList<Entry>> RangeAsync(
        string stream, EntryId after, int countMax, CancellationToken cancellationToken) =>
        bus.RangeAsync(stream, after, countMax, cancellationToken);

    public Task<StreamReport> InspectStreamAsync(string stream, CancellationToken cancellationToken) =>
        bus.InspectStreamAsync(stream, cancellationToken);

    public Task<Checkpoint?> InspectReaderAsync(string reader, CancellationToken cancellationToken) =>
        bus.InspectReaderAsync(reader, cancellationToken);

    private sealed class ArrivalChain(IReaderChain chain, Batch last, List<long> arrivals)
        : ArrivalReader(chain, arrivals), IReaderChain
    {
        public ImmutableArray<IStreamReader> Followers => chain.Followers;

        public ImmutableArray<Batch> FollowerBatches => chain.FollowerBatches;

        public bool IsOutsideWaiting => chain.IsOutsideWaiting;

        public EntryId NextId(int follower) => chain.NextId(follower);

        protected override Batch Counted(Batch batch) => last;
    }

    private class ArrivalReader(IStreamReader reader, List<long> arrivals) : IStreamReader
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
                for (var input = 0; input < Counted(batch).InputCount; input++) arrivals.Add(now);
            return result;
        }

        /// <summary>The batch whose inputs arrive with that commit.</summary>
        protected virtual Batch Counted(Batch batch) => batch;

        public ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
            reader.IsControlChangedAsync(cancellationToken);

        public Task WaitForRoomAsync(CancellationToken cancellationToken) => reader.WaitForRoomAsync(cancellationToken);

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}

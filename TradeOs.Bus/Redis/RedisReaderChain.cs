using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>Readers opened on Redis, each on its connection; what they commit together goes over that of the
/// first.</summary>
internal sealed class RedisReaderChain : IReaderChain
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly RedisStreamReader _first;
    private readonly ImmutableArray<RedisStreamReader> _followers;
    private readonly ImmutableArray<ChainLink> _links;
    private readonly List<(RedisStreamReader Reader, Batch Batch)> _deciding = [];
    private readonly TimeProvider _time;
    private long _looked;

    private RedisReaderChain(ImmutableArray<RedisStreamReader> readers, TimeProvider time)
    {
        (_first, _followers, _time, _looked) = (readers[0], readers[1..], time, time.GetTimestamp());
        _links = [.. _followers.Select(
            reader => new ChainLink(reader.Definition.Input!, reader.Checkpoint.Position, time))];
        FollowerBatches = [.. _followers.Select(_ => new Batch())];
        _first.Links = _links;
    }

    /// <summary>Opens one reader after the other; none stays open when one cannot be.</summary>
    public static async Task<RedisReaderChain> OpenAsync(
        RedisStreamBus bus, ImmutableArray<ReaderDefinition> definitions, CancellationToken cancellationToken)
    {
        var readers = ImmutableArray.CreateBuilder<RedisStreamReader>(definitions.Length);
        try
        {
            foreach (var definition in definitions)
                readers.Add((RedisStreamReader)await bus.OpenAsync(definition, cancellationToken));
            return new RedisReaderChain(readers.MoveToImmutable(), bus.Time);
        }
        catch
        {
            foreach (var reader in readers) await reader.DisposeAsync();
            throw;
        }
    }

    public ImmutableArray<IStreamReader> Followers => ImmutableArray<IStreamReader>.CastUp(_followers);

    public ImmutableArray<Batch> FollowerBatches { get; }

    public bool IsOutsideWaiting => _first.IsOutsideWaiting;

    public Checkpoint Checkpoint => _first.Checkpoint;

    public IReadOnlyDictionary<string, string> State => _first.State;

    public string Control => _first.Control;

    public string Detail => _first.Detail;

    public EntryId NextId(int follower) => _links[follower].Next();

    /// <summary>Reads; the other connections are not used for that, so it is looked now and then whether they still
    /// are.</summary>
    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(
        int countMax, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_time.GetElapsedTime(_looked) >= LookEvery)
        {
            foreach (var follower in _followers) await follower.LookAsync();
            _looked = _time.GetTimestamp();
        }

        return await _first.ReadAsync(countMax, wait, cancellationToken);
    }

    public ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken)
    {
        _deciding.Clear();
        for (var follower = 0; follower < _followers.Length; follower++)
            if (FollowerBatches[follower].InputCount > 0)
                _deciding.Add((_followers[follower], FollowerBatches[follower]));
        return _first.CommitAsync(batch, _deciding, cancellationToken);
    }

    public ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
        _first.IsControlChangedAsync(cancellationToken);

    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _first.WaitForRoomAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        foreach (var follower in _followers) await follower.DisposeAsync();
    }
}

using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>Readers opened on Redis, each on its connection; what they commit together goes over that of the
/// first.</summary>
internal sealed class RedisReaderChain : IReaderChain
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

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

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(
        int countMax, TimeSpan wait, CancellationToken cancellationToken)
    {
        await LookAsync();
        return await _first.ReadAsync(countMax, wait, cancellationToken);
    }

    public async ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancellationToken)
    {
        _deciding.Clear();
        for (var follower = 0; follower < _followers.Length; follower++)
            if (FollowerBatches[follower].InputCount > 0)
                _deciding.Add((_followers[follower], FollowerBatches[follower]));
        var result = await _first.CommitAsync(batch, _deciding, cancellationToken);

        // A follower has nothing unread but entries of others, and reads them only by itself.
        return result == CommitResult.Full && _followers.Any(IsHolding)
            ? CommitResult.Outside
            : result;
    }

    private bool IsHolding(RedisStreamReader follower) =>
        Detail.EndsWith(" held by " + follower.Definition.Name, StringComparison.Ordinal);

    public ValueTask<bool> IsControlChangedAsync(CancellationToken cancellationToken) =>
        _first.IsControlChangedAsync(cancellationToken);

    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        await LookAsync();
        await _first.WaitForRoomAsync(cancellationToken);
    }

    /// <summary>The connections behind the first are not used for reads and commits: now and then it is looked whether
    /// they still are there, which shows others that their readers are alive, too.</summary>
    private async ValueTask LookAsync()
    {
        if (_time.GetElapsedTime(_looked) < LookEvery) return;
        foreach (var follower in _followers) await follower.LookAsync();
        _looked = _time.GetTimestamp();
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        foreach (var follower in _followers) await follower.DisposeAsync();
    }
}

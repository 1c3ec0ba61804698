using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>The control flow of stages of which each reads what the one before it writes: an entry passes through all
/// of them, and what they made of a batch lands in one commit.</summary>
/// <remarks>
/// Every stream, checkpoint and state is as if each stage ran in a loop of its own, and that is what happens whenever
/// anything is out of the ordinary: entries of others between the stages, a server that is away, a stage that throws.
/// After a while the chain tries again.
/// </remarks>
/// <param name="bus">Where they read and write.</param>
/// <param name="stages">Two or more, in the order facts flow.</param>
/// <param name="limits">How large batches are, and how long a read waits.</param>
/// <param name="progress">Where each of them is, for people.</param>
/// <param name="time">Clock of the waits.</param>
public sealed class ChainLoop(
    IChainBus bus, ImmutableArray<IStage> stages, LoopLimits limits, ImmutableArray<LoopProgress> progress,
    TimeProvider time)
{
    private static readonly TimeSpan ApartMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ApartMax = TimeSpan.FromMinutes(1);

    private readonly Batch _batch = new();
    private readonly Lock _lock = new();
    private Task? _run;
    private TimeSpan _apart = ApartMin;
    private bool _hasFailed;

    /// <summary>Runs until the token asks to stop; asked again, it is the same run.</summary>
    /// <exception cref="FencedException">Another host owns a stage now.</exception>
    /// <exception cref="StreamDamagedException">Data that must exist is gone.</exception>
    /// <exception cref="StageFailedException">A stage threw; everything before that entry is committed.</exception>
    public Task RunAsync(CancellationToken stoppingToken)
    {
        lock (_lock) return _run ??= RunOnceAsync(stoppingToken);
    }

    private async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await using var chain = await bus.OpenChainAsync(
                    [.. stages.Select(stage => stage.Reader)], stoppingToken);
                Restore(chain);
                await FollowAsync(chain, stoppingToken);
            }
            catch (BusUnavailableException unavailable)
            {
                foreach (var stage in progress) stage.Paused(unavailable.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }

            if (time.GetElapsedTime(began) > _apart) _apart = ApartMin;
            await RunApartAsync(stoppingToken);
        }
    }

    private void Restore(IReaderChain chain)
    {
        stages[0].Restore(chain.State);
        progress[0].Opened(chain.Checkpoint);
        for (var follower = 0; follower < chain.Followers.Length; follower++)
        {
            stages[follower + 1].Restore(chain.Followers[follower].State);
            progress[follower + 1].Opened(chain.Followers[follower].Checkpoint);
        }
    }

    /// <summary>Reads, applies and commits until each stage has to read for itself.</summary>
    private async Task FollowAsync(IReaderChain chain, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var entries = await chain.ReadAsync(limits.BatchCountMax, limits.ReadWait, stoppingToken);
            if (chain.IsOutsideWaiting) return;
            Clear(chain);
            for (var index = 0; index < entries.Count; index++)
            {
                if (!TryPass(chain, 0, entries[index])) return;
                if (index + 1 < entries.Count && IsRoomForMore(chain)) continue;
                if (!await LandAsync(chain, stoppingToken)) return;
                Clear(chain);
            }
        }
    }

    /// <summary>Each stage may write as much as it might alone.</summary>
    private bool IsRoomForMore(IReaderChain chain)
    {
        foreach (var batch in chain.FollowerBatches)
            if (batch.OutputCount >= limits.BatchCountMax) return false;
        return _batch.OutputCount < limits.BatchCountMax;
    }

    /// <summary>Hands an entry to a stage, and what it made of it to the next.</summary>
    /// <returns>False when a stage threw: each one alone finds the entry, and says so.</returns>
    private bool TryPass(IReaderChain chain, int stage, Entry entry)
    {
        var batch = BatchOf(chain, stage);
        var before = batch.OutputCount;
        try
        {
            stages[stage].Apply(entry, batch);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _hasFailed = true;
            return false;
        }

        if (stage + 1 == stages.Length) return true;
        for (var output = before; output < batch.OutputCount; output++)
        {
            if (batch.Outputs[output].Stream != stages[stage + 1].Reader.Input) continue;
            var id = chain.NextId(stage);
            batch.Identify(output, id);
            if (!TryPass(chain, stage + 1, new Entry(id, batch.FieldsOf(output)))) return false;
        }

        return true;
    }

    private async ValueTask<bool> LandAsync(IReaderChain chain, CancellationToken stoppingToken)
    {
        try
        {
            for (var stage = 0; stage < stages.Length; stage++)
                if (BatchOf(chain, stage) is { InputCount: > 0 } batch) stages[stage].Save(batch);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _hasFailed = true;
            return false;
        }

        try
        {
            if (!await chain.LandAsync(_batch, stages[0].Reader.Name, progress[0], stoppingToken)) return false;
        }
        catch (InvariantViolatedException)
        {
            _hasFailed = true;
            return false;
        }

        for (var follower = 0; follower < chain.FollowerBatches.Length; follower++)
            progress[follower + 1].Committed(chain.FollowerBatches[follower]);
        return true;
    }

    /// <summary>Each stage in a loop of its own: for a while, and until the first has moved and none of them waits for
    /// anything; for good when one threw.</summary>
    private async Task RunApartAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var loops = stages.Zip(progress)
            .Select(member => new StageLoop(bus, member.First, limits, member.Second).RunAsync(ending.Token))
            .ToList();
        var (isOver, before) = (false, progress[0].Count);
        while (!isOver)
        {
            var wait = _hasFailed ? Timeout.InfiniteTimeSpan : _apart;
            var ended = await Task.WhenAny([Task.Delay(wait, time, ending.Token), .. loops]);
            isOver = loops.Contains(ended) || stoppingToken.IsCancellationRequested
                || (progress[0].Count > before && progress.All(stage => stage.Trouble is null));
        }

        _apart = _apart * 2 > ApartMax ? ApartMax : _apart * 2;
        await ending.CancelAsync();
        await Task.WhenAll(loops);
    }

    private Batch BatchOf(IReaderChain chain, int stage) => stage == 0 ? _batch : chain.FollowerBatches[stage - 1];

    private void Clear(IReaderChain chain)
    {
        _batch.Clear();
        foreach (var batch in chain.FollowerBatches) batch.Clear();
    }
}

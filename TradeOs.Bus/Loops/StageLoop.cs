namespace TradeOs.Bus;

/// <summary>The control flow of every stage: open, read, apply, commit; after any doubt, open again.</summary>
/// <remarks>
/// A stage that throws leaves a half-made batch and a state nobody can vouch for. So the reader is opened again and the
/// entries before the failure are committed one by one: the stop is at that very entry, whatever the size of a batch.
/// </remarks>
public sealed class StageLoop(IStreamBus bus, IStage stage, LoopLimits limits, LoopProgress progress)
{
    private readonly Batch _batch = new();
    private StageFailedException? _failure;

    /// <summary>Runs until the token asks to stop; the batch in hand is finished first.</summary>
    /// <exception cref="FencedException">Another host owns the stage now.</exception>
    /// <exception cref="StreamDamagedException">Data that must exist is gone.</exception>
    /// <exception cref="StageFailedException">The stage threw; everything before that entry is committed.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var reader = await bus.OpenAsync(stage.Reader, stoppingToken);
                stage.Restore(reader.State);
                progress.Opened(reader.Checkpoint);
                if (await ObeyAsync(reader, stoppingToken)) await FollowAsync(reader, stoppingToken);
            }
            catch (BusUnavailableException unavailable)
            {
                progress.Paused(unavailable.Message);
            }
            catch (StageFailedException failure) when (_failure is null && _batch.InputCount > 0)
            {
                _failure = failure;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        if (_failure is not null) throw _failure;
    }

    /// <summary>A change of the control flag lands in a commit of its own, before anything is read under it.</summary>
    /// <returns>False when the reader must be opened again.</returns>
    private async ValueTask<bool> ObeyAsync(IStreamReader reader, CancellationToken stoppingToken)
    {
        if (!stage.Reader.ObeysControl) return true;
        _batch.Clear();
        stage.Obey(reader.Control, reader.Checkpoint, _batch);
        return _batch.IsEmpty || await reader.LandAsync(_batch, stage.Reader.Name, progress, stoppingToken);
    }

    private async Task FollowAsync(IStreamReader reader, CancellationToken stoppingToken)
    {
        var isOurs = true;
        while (isOurs && !stoppingToken.IsCancellationRequested)
        {
            var entries = await reader.ReadAsync(limits.BatchCountMax, limits.ReadWait, stoppingToken);
            if (entries.Count == 0) isOurs = !await reader.IsControlChangedAsync(stoppingToken);
            _batch.Clear();
            for (var index = 0; index < entries.Count && isOurs; index++)
            {
                Apply(entries[index]);
                if (index + 1 < entries.Count && IsRoomForMore) continue;
                isOurs = await LandAsync(reader, entries[index].Id, stoppingToken);
                _batch.Clear();
            }
        }
    }

    private bool IsRoomForMore => _failure is null && _batch.OutputCount < limits.BatchCountMax;

    private void Apply(Entry entry)
    {
        if (_failure is not null && entry.Id >= _failure.Id) throw _failure;
        try
        {
            stage.Apply(entry, _batch);
        }
        catch (Exception cause) when (cause is not StageFailedException)
        {
            throw Failed(entry.Id, cause);
        }
    }

    private async ValueTask<bool> LandAsync(IStreamReader reader, EntryId last, CancellationToken stoppingToken)
    {
        try
        {
            stage.Save(_batch);
        }
        catch (Exception cause) when (cause is not StageFailedException)
        {
            throw Failed(last, cause);
        }

        try
        {
            return await reader.LandAsync(_batch, stage.Reader.Name, progress, stoppingToken);
        }
        catch (InvariantViolatedException cause)
        {
            throw Failed(last, cause);
        }
    }

    private StageFailedException Failed(EntryId id, Exception cause) =>
        new(stage.Reader.Name, stage.Reader.Input ?? "", id, cause);
}

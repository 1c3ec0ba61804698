namespace TradeOs.Bus;

/// <summary>The control flow of every stage: open, read, apply, commit; after any doubt, open again.</summary>
public sealed class StageLoop(IStreamBus bus, IStage stage, LoopLimits limits, LoopProgress progress)
{
    private readonly Batch _batch = new();

    /// <summary>Runs until the token asks to stop; the batch in hand is finished first.</summary>
    /// <exception cref="FencedException">Another host owns the stage now.</exception>
    /// <exception cref="StreamDamagedException">Data that must exist is gone.</exception>
    /// <remarks>A stage that throws is a bug: the exception ends the loop, and <see cref="LoopProgress.EntryInHand"/>
    /// tells where.</remarks>
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
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
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
                progress.InHand(entries[index].Id);
                stage.Apply(entries[index], _batch);
                if (index + 1 < entries.Count && _batch.OutputCount < limits.BatchCountMax) continue;
                stage.Save(_batch);
                isOurs = await reader.LandAsync(_batch, stage.Reader.Name, progress, stoppingToken);
                _batch.Clear();
            }
        }
    }
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Archives one stream: open, recover, read, flush, commit; after any doubt, open again.</summary>
/// <remarks>
/// What is committed is on disk, and nothing is trimmed before it is committed: a disk that is full makes this wait,
/// and then the writers of the stream, up to the feed. Nothing is lost meanwhile.
/// </remarks>
/// <param name="bus">Where the stream is.</param>
/// <param name="folder">Where its files are.</param>
/// <param name="options">How it is written.</param>
/// <param name="limits">How many entries are read and flushed at once, and how long an idle reader waits.</param>
/// <param name="progress">Where it is, for people.</param>
/// <param name="time">Clock of the waits.</param>
/// <param name="turn">Where in each FlushInterval it flushes, from 0 to below 1: archives that all flushed at once
/// would keep the disk, and with it Redis, for as long as all of them take.</param>
internal sealed class ArchiveLoop(
    IStreamBus bus, ArchiveFolder folder, ArchiveOptions options, LoopLimits limits, LoopProgress progress,
    TimeProvider time, double turn)
{
    /// <summary>A flush gathers what comes in so many reads at most, so that a trickle costs few of them.</summary>
    private const int ReadsOfFlush = 10;

    private const int BatchCountMax = 1_000;
    private const int PartOfStream = 8;

    private static readonly TimeSpan DiskWait = TimeSpan.FromSeconds(1);

    private readonly ReaderDefinition _definition = ArchiveReaders.Of(folder.Stream);
    private readonly Batch _batch = new();
    private ArchiveWriter? _writer;
    private IDisposable? _place;
    private bool _isBlocked;

    /// <summary>How many entries are read and flushed at once: far fewer than the stream may hold, so that its writers
    /// need not wait for the archive.</summary>
    public static LoopLimits Limits(int lengthMax, LoopLimits limits) =>
        limits with { BatchCountMax = Math.Clamp(lengthMax / PartOfStream, 1, BatchCountMax) };

    /// <summary>Runs until the token asks to stop; what was read is brought to disk first.</summary>
    /// <exception cref="FencedException">Another host archives the stream now.</exception>
    /// <exception cref="RefusedException">The files are not of the archive that Redis knows.</exception>
    /// <exception cref="StreamDamagedException">Data that must exist is gone.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested) await OpenAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
        finally
        {
            Drop();
            _place?.Dispose();
        }
    }

    private async Task OpenAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (_isBlocked) await Task.Delay(DiskWait, time, stoppingToken);
            await using var reader = await bus.OpenAsync(_definition, stoppingToken);
            if (!_isBlocked) progress.Opened(reader.Checkpoint);
            if (await BeginAsync(reader, stoppingToken)) await FollowAsync(reader, stoppingToken);
        }
        catch (BusUnavailableException unavailable)
        {
            if (!_isBlocked) progress.Paused(unavailable.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            progress.Blocked($"{folder.FullPath} cannot be written: {failure.Message}");
            _isBlocked = true;
            Drop();
        }
    }

    /// <summary>A writer that stands where Redis does goes on: only one that does not reads its file again.</summary>
    /// <remarks>The place is taken behind the opening, which made sure that nobody else writes it by right.</remarks>
    private async ValueTask<bool> BeginAsync(IStreamReader reader, CancellationToken stoppingToken)
    {
        var kept = ArchiveState.Parse(folder.Stream, reader.State);
        _batch.Clear();
        if (_writer?.IsAt(kept) != true)
        {
            Drop();
            _place ??= folder.Lock();
            _writer = ArchiveRecovery.Open(folder, options, kept, _batch);
        }

        _writer.GoOnFrom(reader.Checkpoint.Count);
        if (!await LandAsync(reader, stoppingToken)) return false;
        ArchiveRecovery.SettleHead(folder, _writer.State.Head);
        return true;
    }

    private async Task FollowAsync(IStreamReader reader, CancellationToken stoppingToken)
    {
        var (oldest, isBehind) = (0L, false);
        while (true)
        {
            var isWaiting = _batch.InputCount > 0;
            if (isWaiting && !isBehind) await PauseAsync(stoppingToken);
            var wait = isWaiting ? TimeSpan.Zero : limits.ReadWait;
            var entries = await reader.ReadAsync(limits.BatchCountMax, wait, stoppingToken);
            if (!isWaiting) oldest = time.GetTimestamp();
            if (!await TakeAsync(reader, entries, stoppingToken)) return;
            isBehind = entries.Count == limits.BatchCountMax;
            var isAtRest = isWaiting && entries.Count == 0;
            var isDue = stoppingToken.IsCancellationRequested || isAtRest
                || TurnsUntil(time.GetTimestamp()) > TurnsUntil(oldest);
            if (isDue && !await FlushAsync(reader, stoppingToken)) return;
            if (stoppingToken.IsCancellationRequested) return;
            if (_isBlocked && _batch.IsEmpty) Unblock(reader);
        }
    }

    /// <summary>Takes what was read; a batch that is full, and a segment that ends, are flushed at once.</summary>
    private async ValueTask<bool> TakeAsync(
        IStreamReader reader, IReadOnlyList<Entry> entries, CancellationToken stoppingToken)
    {
        for (var index = 0; index < entries.Count; index++)
        {
            var entry = entries[index];
            if (_writer!.EndsBefore(entry.Id) && !await SealAsync(reader, stoppingToken)) return false;
            _writer.Take(entry);
            _batch.Complete(entry.Id);
            var isFull = _batch.InputCount >= limits.BatchCountMax || _writer.IsFull;
            if (isFull && !await FlushAsync(reader, stoppingToken)) return false;
        }

        return true;
    }

    private ValueTask<bool> FlushAsync(IStreamReader reader, CancellationToken stoppingToken)
    {
        _writer!.Flush(_batch);
        return LandAsync(reader, stoppingToken);
    }

    private async ValueTask<bool> SealAsync(IStreamReader reader, CancellationToken stoppingToken)
    {
        if (!await FlushAsync(reader, stoppingToken)) return false;
        _writer!.Seal(_batch);
        return await LandAsync(reader, stoppingToken);
    }

    private async ValueTask<bool> LandAsync(IStreamReader reader, CancellationToken stoppingToken)
    {
        if (_batch.IsEmpty) return true;
        var hasLanded = await reader.LandAsync(_batch, _definition.Name, progress, stoppingToken);
        if (_batch.InputCount > 0) _isBlocked = false;
        _batch.Clear();
        return hasLanded;
    }

    /// <summary>How often its turn had come by then.</summary>
    private double TurnsUntil(long timestamp) =>
        Math.Floor((time.GetElapsedTime(0, timestamp) / options.FlushInterval) - turn);

    private async Task PauseAsync(CancellationToken stoppingToken) =>
        await Task.Delay(options.FlushInterval / ReadsOfFlush, time, stoppingToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Unblock(IStreamReader reader)
    {
        _isBlocked = false;
        progress.Opened(reader.Checkpoint);
    }

    private void Drop()
    {
        _writer?.Dispose();
        _writer = null;
    }
}

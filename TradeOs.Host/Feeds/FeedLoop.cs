using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// Brings market data in: open, find each source's position, take rows, land them with the positions; after any doubt,
/// open again.
/// </summary>
public sealed partial class FeedLoop
{
    /// <summary>A pause that people should be told of, where nobody watches.</summary>
    private static readonly TimeSpan PauseToTell = TimeSpan.FromSeconds(10);

    private readonly IStreamBus _bus;
    private readonly LoopLimits _limits;
    private readonly FeedSources _sources;
    private readonly TimeProvider _time;
    private readonly ILogger<FeedLoop> _logger;
    private readonly Batch _batch = new();
    private DateTime _told;

    /// <summary>Makes the loop over this process' standard input, if that is a source; nothing is read yet.</summary>
    /// <exception cref="FeedSpecException">
    /// The path of a source leads to no file, or to one whose format is not named and not certain; or the
    /// specs contradict each other.
    /// </exception>
    public FeedLoop(
        IStreamBus bus, ImmutableArray<FeedSpec> specs, LoopLimits limits, FeedProgress progress, TimeProvider time,
        ILogger<FeedLoop> logger)
        : this(bus, specs, limits, progress, time, logger, Console.OpenStandardInput)
    {
    }

    /// <summary>Makes the loop over a standard input of the caller's.</summary>
    internal FeedLoop(
        IStreamBus bus, ImmutableArray<FeedSpec> specs, LoopLimits limits, FeedProgress progress, TimeProvider time,
        ILogger<FeedLoop> logger, Func<Stream> openInput)
    {
        (_bus, _limits, Progress, _time, _logger) = (bus, limits, progress, time, logger);
        _sources = new FeedSources([.. specs.Select(FormatSight.Resolve)], openInput, time, logger);
    }

    /// <summary>How far it has come.</summary>
    public FeedProgress Progress { get; }

    /// <summary>
    /// Runs until every source has ended, or the token asks to stop; the batch in hand is finished first.
    /// </summary>
    /// <exception cref="FeedFileException">
    /// A file is not what its SPEC says, changed, or breaks off; every row before is committed.
    /// </exception>
    /// <exception cref="FencedException">Another host owns the feed now.</exception>
    /// <exception cref="StreamDamagedException">Data that must exist is gone.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && !Progress.IsCompleted)
        {
            try
            {
                await using var reader = await _bus.OpenAsync(Topology.Feed, stoppingToken);
                await using var merge = await _sources.OpenAsync(reader.State, stoppingToken);
                Progress.Loop.Opened(reader.Checkpoint);
                Progress.Opened(_sources.BytesTotal);
                Report(merge, null);
                await FollowAsync(reader, merge, stoppingToken);
            }
            catch (BusUnavailableException unavailable)
            {
                Progress.Loop.Paused(unavailable.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(IStreamReader reader, FeedMerge merge, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            _batch.Clear();
            var last = Fill(merge);
            merge.Save(_batch);
            if (!_batch.IsEmpty && !await LandAsync(reader, stoppingToken)) return;
            Report(merge, last);
            if (merge.HasEnded)
            {
                Progress.Complete();
                return;
            }

            // Rows taken before have landed: whatever waiting ends in, nothing of them is lost.
            Progress.Waits(Pause(merge));
            await merge.WaitAsync(stoppingToken);
            Progress.Waits(null);
        }
    }

    /// <summary>
    /// What is waited for, when it may take long enough that people ask; a long pause is logged once.
    /// </summary>
    private FeedPause? Pause(FeedMerge merge)
    {
        if (merge.Due is not { } due) return merge.WaitsFor is { } what ? new FeedPause(what, null) : null;
        var pause = new FeedPause(
            FormattableString.Invariant($"the row of {due.Source} at {due.At:yyyy-MM-dd HH:mm:ss}"),
            _time.GetUtcNow().UtcDateTime + due.In);
        if (due.In >= PauseToTell && _told != due.At) LogPause(_logger, pause.Text);
        _told = due.At;
        return pause;
    }

    private ValueTask<bool> LandAsync(IStreamReader reader, CancellationToken stoppingToken) =>
        reader.LandAsync(_batch, Topology.Feed.Name, Progress.Loop, stoppingToken);

    /// <summary>Takes rows until the batch is full or none is ready.</summary>
    private IFeedSource? Fill(FeedMerge merge)
    {
        IFeedSource? last = null;
        while (_batch.InputCount < _limits.BatchCountMax && merge.Take(out var row) is { } source)
        {
            if (row.Event is { } accepted) accepted.Write(_batch.Append(StreamNames.MarketData));
            else row.Refusal!.Write(_batch, source.Name, row.Line);
            _batch.Complete(EntryId.Zero);
            last = source;
        }

        return last;
    }

    private void Report(FeedMerge merge, IFeedSource? last)
    {
        var accepted = 0L;
        var refused = 0L;
        var bytesRead = 0L;
        foreach (var (record, bytes) in _sources.Skipped.Select(record => (record, record.Bytes))
                     .Concat(merge.Sources.Select(source => (source.Record, source.BytesRead))))
        {
            accepted += record.Accepted;
            refused += record.Refused;
            bytesRead += bytes;
        }

        Progress.At(accepted, refused, bytesRead, last?.Name);
    }

    [LoggerMessage(347, LogLevel.Information, "The feed waits for {What}")]
    private static partial void LogPause(ILogger logger, string what);
}

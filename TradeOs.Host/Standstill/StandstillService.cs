using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Leaves a note in the data directory while the host stands still, and takes it away afterwards.</summary>
/// <param name="outage">Whether Redis is away.</param>
/// <param name="loops">Every loop of the host, the feed's included.</param>
/// <param name="dataDirectory">Where the note is left.</param>
/// <param name="time">Clock of the looks.</param>
/// <param name="logger">One line when a loop begins to wait for room, and one when it goes on.</param>
internal sealed partial class StandstillService(
    OutageLog outage, IReadOnlyList<LoopProgress> loops, string dataDirectory, TimeProvider time,
    ILogger<StandstillService> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>A writer that waits for a moment, while its readers move, is backpressure at work.</summary>
    private static readonly TimeSpan WaitToTell = TimeSpan.FromSeconds(1);

    private readonly StandstillFile _file = new(dataDirectory);
    private readonly Dictionary<string, Wait> _waits = new(StringComparer.Ordinal);
    private readonly string _start = ServerProcess.Find(Environment.ProcessId)?.StartTime ?? "";
    private string _written = "unknown";
    private bool _hasFailed;

    /// <summary>Loops that stand still for longer than a moment, as of the last look.</summary>
    public IReadOnlyList<WaitNote> Waiting { get; private set; } = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                Leave(Note());
                await Task.Delay(Look, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // One that took over may have left a note of its own.
            if (_file.Read() is { } note && note.Process == Environment.ProcessId) Leave(null);
        }
    }

    private StandstillNote? Note()
    {
        var paused = outage.Current is { } current ? new PauseNote(current.Since, current.Reason) : null;
        var waiting = loops.Select(WaitOf).OfType<WaitNote>().ToImmutableArray();
        Waiting = waiting;
        return paused is null && waiting.IsEmpty
            ? null
            : new StandstillNote(
                $"{Environment.MachineName}:{Environment.ProcessId}", Environment.MachineName, Environment.ProcessId,
                _start, paused, waiting);
    }

    /// <summary>Written when it changed only: what lasts is said once.</summary>
    private void Leave(StandstillNote? note)
    {
        var text = note is null ? "" : string.Join('\n', note.Sentences());
        if (text == _written) return;
        try
        {
            if (note is null) _file.Remove();
            else _file.Write(note);
            _written = text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A note that cannot be left must not stop what it is about; it is tried again.
            if (!_hasFailed) LogNotWritten(logger, failure.Message);
            _hasFailed = true;
        }
    }

    private WaitNote? WaitOf(LoopProgress loop)
    {
        var (room, cause, count) = (loop.RoomAwaited, loop.Blockage, loop.Count);
        var isWaiting = room is not null || cause is not null;
        if (!_waits.TryGetValue(loop.Name, out var wait) || !isWaiting || wait.Count != count)
        {
            if (wait is { IsTold: true }) LogGone(wait, loop.Name);
            if (!isWaiting) _waits.Remove(loop.Name);
            else _waits[loop.Name] = new Wait(count, time.GetTimestamp(), time.GetUtcNow(), false, cause is not null);
            return null;
        }

        if (time.GetElapsedTime(wait.Began) < WaitToTell) return null;
        if (!wait.IsTold && cause is null) LogNoRoom(logger, loop.Name, room!);
        else if (!wait.IsTold) LogBlocked(logger, loop.Name, cause!);
        _waits[loop.Name] = wait with { IsTold = true };
        return new WaitNote(loop.Name, room, wait.Since, cause);
    }

    private void LogGone(Wait wait, string reader)
    {
        var seconds = time.GetElapsedTime(wait.Began).TotalSeconds;
        if (wait.IsBlocked) LogUnblocked(logger, reader, seconds);
        else LogRoom(logger, reader, seconds);
    }

    private sealed record Wait(long Count, long Began, DateTimeOffset Since, bool IsTold, bool IsBlocked);

    [LoggerMessage(320, LogLevel.Warning, "{Reader} waits for room: {Room} is full.")]
    private static partial void LogNoRoom(ILogger logger, string reader, string room);

    [LoggerMessage(321, LogLevel.Information, "{Reader} goes on after waiting {Seconds:0.0} s for room.")]
    private static partial void LogRoom(ILogger logger, string reader, double seconds);

    [LoggerMessage(323, LogLevel.Warning, "{Reader} waits: {Cause} It goes on by itself when it can.")]
    private static partial void LogBlocked(ILogger logger, string reader, string cause);

    [LoggerMessage(324, LogLevel.Information, "{Reader} goes on after waiting {Seconds:0.0} s.")]
    private static partial void LogUnblocked(ILogger logger, string reader, double seconds);

    [LoggerMessage(322, LogLevel.Warning, "The note for tradeos status cannot be left: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string reason);
}

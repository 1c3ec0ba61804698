using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Ends the host when something it committed is gone, and keeps beside Redis how far everything has
/// come.</summary>
internal sealed partial class LossWatchService(
    LossWatch watch, PipelineMemory memory, MemoryFile file, ILogger<LossWatchService> logger) : BackgroundService
{
    /// <summary>A Redis that hangs must not hold up the end.</summary>
    private static readonly TimeSpan LastLookMax = TimeSpan.FromMilliseconds(500);

    private bool _hasFailed;

    /// <summary>A last look, when the stages have ended.</summary>
    public async Task LookLastAsync()
    {
        if (ExecuteTask is null or { IsFaulted: true }) return;
        try
        {
            if (await watch.TryLookAsync(CancellationToken.None).WaitAsync(LastLookMax)) Keep();
        }
        catch (Exception failure) when (failure is StreamDamagedException or RefusedException or TimeoutException)
        {
            // The next start says it.
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => watch.RunAsync(Keep, stoppingToken);

    /// <summary>A disk that is full must not stop a pipeline that does not need it: what is known is written when that
    /// can be done again, and said once.</summary>
    private void Keep()
    {
        try
        {
            file.Write(memory);
            if (_hasFailed) LogKept(logger, file.FilePath);
            _hasFailed = false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed) LogNotKept(logger, file.FilePath, failure.Message);
            _hasFailed = true;
        }
    }

    [LoggerMessage(323, LogLevel.Warning,
        "How far the pipeline has come cannot be kept in {File}: {Reason}. It goes on; until that can be written, a " +
        "Redis set back to an older copy may go unnoticed at the next start. Make room, or let this user write there.")]
    private static partial void LogNotKept(ILogger logger, string file, string reason);

    [LoggerMessage(324, LogLevel.Information, "How far the pipeline has come is kept in {File} again.")]
    private static partial void LogKept(ILogger logger, string file);
}

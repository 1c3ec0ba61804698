using Microsoft.Extensions.Hosting;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Ends the host when something it committed is gone, and keeps beside Redis how far everything has
/// come.</summary>
internal sealed class LossWatchService(LossWatch watch, PipelineMemory memory, MemoryFile file) : BackgroundService
{
    /// <summary>A Redis that hangs must not hold up the end.</summary>
    private static readonly TimeSpan LastLookMax = TimeSpan.FromMilliseconds(500);

    /// <summary>A last look, when the stages have ended.</summary>
    public async Task LookLastAsync()
    {
        if (ExecuteTask is null or { IsFaulted: true }) return;
        try
        {
            if (await watch.TryLookAsync(CancellationToken.None).WaitAsync(LastLookMax)) file.Write(memory);
        }
        catch (Exception failure) when (failure is StreamDamagedException or RefusedException or TimeoutException)
        {
            // The next start says it.
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        watch.RunAsync(() => file.Write(memory), stoppingToken);
}

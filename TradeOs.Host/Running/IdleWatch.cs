using Microsoft.Extensions.Hosting;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Ends the host when the feed has finished and every stage has committed everything before it, and
/// everything that is archived is on disk.</summary>
internal sealed class IdleWatch(
    IStreamBus bus, IReadOnlyList<string> archived, Task feedCompleted, IHostApplicationLifetime lifetime,
    TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether everything was through when the host ended.</summary>
    public bool IsIdle { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await feedCompleted.WaitAsync(stoppingToken);
            while (!await IsThroughAsync(stoppingToken)) await Task.Delay(Look, time, stoppingToken);
            IsIdle = true;
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends for another reason, which it reports.
        }
    }

    private async Task<bool> IsThroughAsync(CancellationToken stoppingToken)
    {
        try
        {
            return (await PipelineReport.ReadAsync(bus, archived, stoppingToken)).IsThrough;
        }
        catch (BusUnavailableException)
        {
            return false;
        }
    }
}

using Microsoft.Extensions.Hosting;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Follows the outside readers and keeps MaxAge and MaxBytes while the host runs.</summary>
/// <param name="watch">What looks.</param>
internal sealed class RetentionService(RetentionWatch watch) : BackgroundService
{
    /// <inheritdoc/>
    public override void Dispose()
    {
        watch.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => watch.RunAsync(stoppingToken);
}

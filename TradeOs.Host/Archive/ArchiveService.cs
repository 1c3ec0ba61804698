using Microsoft.Extensions.Hosting;

namespace TradeOs.Host;

/// <summary>Hosts the archive of one stream.</summary>
internal sealed class ArchiveService(ArchiveLoop loop) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync(stoppingToken);
}

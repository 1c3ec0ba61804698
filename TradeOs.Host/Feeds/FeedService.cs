using Microsoft.Extensions.Hosting;

namespace TradeOs.Host;

/// <summary>
/// Hosts the feed. It ends by itself when every source has; a failure ends the host, whose exit code tells it.
/// </summary>
public sealed class FeedService(FeedLoop loop) : BackgroundService
{
    /// <summary>How far the feed has come.</summary>
    public FeedProgress Progress => loop.Progress;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync(stoppingToken);
}

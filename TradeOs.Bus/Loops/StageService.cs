using Microsoft.Extensions.Hosting;

namespace TradeOs.Bus;

/// <summary>Hosts one stage: the only background service stages have, one instance per stage.</summary>
public sealed class StageService(StageLoop loop, string name) : BackgroundService
{
    /// <summary>Name of the stage.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync(stoppingToken);
}

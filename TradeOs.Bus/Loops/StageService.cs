using Microsoft.Extensions.Hosting;

namespace TradeOs.Bus;

/// <summary>Hosts one stage: the only background service stages have, one instance per stage.</summary>
/// <param name="name">Name of the stage.</param>
/// <param name="run">Its loop, or the loop of the chain it is part of.</param>
public sealed class StageService(string name, Func<CancellationToken, Task> run) : BackgroundService
{
    /// <summary>Name of the stage.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => run(stoppingToken);
}

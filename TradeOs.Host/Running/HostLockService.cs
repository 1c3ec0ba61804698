using Microsoft.Extensions.Hosting;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Keeps this host's place while it runs; ends the host when another one took it.</summary>
internal sealed class HostLockService(HostLock hostLock, IServerGate gate, RedisStreamBus bus) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        hostLock.HoldAsync(gate, bus, stoppingToken);
}

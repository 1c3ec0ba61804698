using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The examination of the server that a run makes, for a verb that writes beside a host.</summary>
internal sealed class VerbGate : IDisposable
{
    private readonly ControlConnection _control;
    private readonly ServerGate _gate;

    private VerbGate(ControlConnection control, ServerGate gate) => (_control, _gate) = (control, gate);

    /// <summary>Prepares it; nothing is written yet.</summary>
    public static async Task<VerbGate> OpenAsync(ControlConnection control, Settings settings, ILoggerFactory loggers)
    {
        var managed = new ManagedRedis(
            settings.Redis, new ManagedPaths(settings.DataDirectory), TimeProvider.System,
            loggers.CreateLogger<ManagedRedis>());
        var isManaged = settings.Redis.Mode != RedisMode.External && await managed.IsOursAsync(control);
        return new VerbGate(control, new ServerGate(
            settings.Redis, isManaged, new InstanceComparison(settings.DataDirectory), TimeProvider.System,
            loggers.CreateLogger<ServerGate>()));
    }

    /// <summary>The server is durable, ours and sealed.</summary>
    /// <returns>Its run id.</returns>
    /// <exception cref="RefusedException">It is not.</exception>
    public async Task<string> AdmitAsync(CancellationToken cancellationToken)
    {
        var server = await _control.InfoAsync("server");
        var runId = server.GetValueOrDefault("run_id", "(absent)");
        await _gate.AdmitAsync(runId, cancellationToken);
        return runId;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}

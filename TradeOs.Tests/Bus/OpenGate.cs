using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Lets every server in.</summary>
internal sealed class OpenGate : IServerGate
{
    public Task AdmitAsync(string runId, CancellationToken cancellationToken) => Task.CompletedTask;
}

namespace TradeOs.Bus;

/// <summary>Decides whether a server may be written to, each time a connection meets a server process not met
/// before.</summary>
public interface IServerGate
{
    /// <summary>Returns once the server with this run id is known to be ours, durable and, after a restart,
    /// sealed.</summary>
    /// <param name="runId">The server's <c>run_id</c>: another one means the server was restarted or is another
    /// one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RefusedException">It must not be used; the message names the setting and the cure.</exception>
    /// <exception cref="BusUnavailableException">It went away while being asked.</exception>
    Task AdmitAsync(string runId, CancellationToken cancellationToken);
}

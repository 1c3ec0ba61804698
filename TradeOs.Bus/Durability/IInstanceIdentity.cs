namespace TradeOs.Bus;

/// <summary>Knows which installation a server belongs to.</summary>
public interface IInstanceIdentity
{
    /// <summary>Returns once the server is known to be the one of this installation.</summary>
    /// <param name="connection">The server in question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RefusedException">It is another server, or it was emptied; both ids are named.</exception>
    /// <exception cref="BusUnavailableException">It went away while being asked.</exception>
    Task VerifyAsync(ControlConnection connection, CancellationToken cancellationToken);
}

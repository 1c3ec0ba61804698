namespace TradeOs.Bus;

/// <summary>What carries the commands of the control plane.</summary>
internal interface IControlLink : IDisposable
{
    /// <summary>Sends one command and returns its answer.</summary>
    /// <exception cref="BusUnavailableException">The connection is lost, or no answer came in time.</exception>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    Task<RedisResult> ExecuteAsync(string command, object[] arguments);
}

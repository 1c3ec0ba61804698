using System.Net;

namespace TradeOs.Host;

/// <summary>The parts of an endpoint <c>host:port</c>.</summary>
internal static class EndpointAddress
{
    /// <summary>Host and port.</summary>
    public static (string Host, string Port) Split(string endpoint)
    {
        var colon = endpoint.LastIndexOf(':');
        return (endpoint[..colon], endpoint[(colon + 1)..]);
    }

    /// <summary>Whether it is on this machine, as far as its text tells.</summary>
    public static bool IsLoopback(string endpoint)
    {
        var (host, _) = Split(endpoint);
        return host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}

using System.Diagnostics;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary><c>tradeos run</c> to the end of a feed, in a process of its own.</summary>
internal static class HostProcess
{
    /// <summary>How it is started; what it says can be read.</summary>
    /// <param name="spec">The feed, which must end.</param>
    /// <param name="endpoint">Where Redis is, or shall be.</param>
    /// <param name="data">Its data directory.</param>
    /// <param name="more">Further arguments.</param>
    public static ProcessStartInfo StartInfo(
        string spec, string endpoint, string data, params IEnumerable<string> more) => new(
        "dotnet",
        [
            typeof(FeedLoop).Assembly.Location, "run", "--feed", spec, "--until-idle", "--redis", endpoint, "--data",
            data, "--json", .. more,
        ])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}

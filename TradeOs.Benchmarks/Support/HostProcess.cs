using System.Diagnostics;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary><c>tradeos run</c> to the end of a feed, in a process of its own.</summary>
internal static class HostProcess
{
    private const string SettingPrefix = "TRADEOS_";

    /// <summary>How it is started; what it says can be read.</summary>
    /// <param name="spec">The feed, which must end.</param>
    /// <param name="endpoint">Where Redis is, or shall be.</param>
    /// <param name="data">Its data directory.</param>
    /// <param name="more">Further arguments.</param>
    public static ProcessStartInfo StartInfo(
        string spec, string endpoint, string data, params IEnumerable<string> more)
    {
        string[] arguments =
        [
            typeof(FeedLoop).Assembly.Location, "run", "--feed", spec, "--until-idle", "--redis", endpoint, "--data",
            data, "--json", .. more,
        ];
        return WithoutSettings(new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
    }

    /// <summary>No variable of this process reaches the settings of a host: those of the benchmarks are none of its,
    /// and it refuses what it does not know.</summary>
    public static ProcessStartInfo WithoutSettings(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.ToList())
            if (name.StartsWith(SettingPrefix, StringComparison.Ordinal)) start.Environment.Remove(name);
        return start;
    }
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Exit codes of every verb.</summary>
internal static class ExitCode
{
    /// <summary>All is well.</summary>
    public const int Good = 0;

    /// <summary>It failed, or there are findings.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments or configuration, or Redis could not be looked at.</summary>
    public const int Usage = 2;

    /// <summary>Refused or fenced: a supervisor must not restart into it.</summary>
    public const int Refused = 3;

    /// <summary>The code that an exception ends the process with.</summary>
    public static int Of(Exception failure) => failure switch
    {
        ConfigurationProblemException or FeedSpecException or BusUnavailableException => Usage,
        RefusedException or FencedException => Refused,
        _ => Failed,
    };
}

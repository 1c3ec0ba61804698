namespace TradeOs.Bus;

/// <summary>Explains a server that answers, but only to say that it is not ready.</summary>
public static class ReadinessCheck
{
    /// <summary>Notes what keeps the server from being ready; nothing when it is.</summary>
    /// <param name="probe">What it answered to PING.</param>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="examination">Takes the finding.</param>
    /// <returns>Whether it can be looked at.</returns>
    public static bool Examine(ServerProbe probe, string endpoint, Examination examination)
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(examination);
        examination.Looked(Checks.Loading, Checks.WritesRefused, Checks.Busy);
        if (probe.Presence != ServerPresence.NotReady) return true;
        foreach (var later in Checks.All) examination.Skip(later, "the server is not ready");
        var (check, cure) = probe.Answer.Split(' ')[0] switch
        {
            "LOADING" => (Checks.Loading, "Wait until it has loaded its data."),
            "MISCONF" => (Checks.WritesRefused, CureOf(probe.Answer)),
            "MASTERDOWN" => (
                Checks.Busy, "It is a replica and its primary is away: point Redis:Endpoint at the primary."),
            _ => (
                Checks.Busy, "A script of another program runs and does not end: run `SCRIPT KILL`, and make that " +
                    "program's scripts shorter."),
        };
        examination.Found(check, $"the answer of {endpoint} to PING", probe.Answer, "PONG", cure);
        return false;
    }

    private static string CureOf(string answer) => answer.Contains("RDB", StringComparison.Ordinal)
        ? "A snapshot failed, and so it refuses every write: run `CONFIG SET save \"\"`, then look into its log why."
        : "Its append-only file cannot be written: look into its log, make room on its disk.";
}

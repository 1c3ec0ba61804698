namespace TradeOs.Host;

/// <summary>A check for programs.</summary>
internal static class CheckJson
{
    /// <summary>What was found, accounted for and not proven.</summary>
    public static object Of(string endpoint, CheckReport report, bool atRest) => new
    {
        endpoint,
        reachable = true,
        clean = report.IsClean,
        at_rest = atRest,
        findings = report.Findings.Select(finding => new
        {
            code = finding.Code,
            where = finding.Where,
            found = finding.Found,
            expected = finding.Expected,
            move = finding.Move,
        }),
        counts = report.Counts,
        stages = report.Stages.ToDictionary(line => line.Stage, line => new
        {
            input = line.Input,
            added = line.Added,
            gone = line.Gone,
            output = line.Output,
            rejected = line.Rejected,
            dead = line.Dead,
            silent = line.Silent,
            unknown = line.Unknown,
            waiting = line.Waiting,
        }),
        streams = report.Streams.ToDictionary(line => line.Stream, line => new
        {
            entries = line.Entries,
            added = line.Added,
            outside = line.Outside,
            sha256 = line.Sha256,
        }),
        unproven = report.Unproven.Select(unproven => new { where = unproven.Where, what = unproven.What }),
    };

    /// <summary>The same shape for a server that could not be looked at.</summary>
    public static object OfAbsence(string endpoint, string error, bool atRest) => new
    {
        endpoint,
        reachable = false,
        clean = false,
        at_rest = atRest,
        error,
        findings = Array.Empty<object>(),
        counts = new object(),
        stages = new object(),
        streams = new object(),
        unproven = Array.Empty<object>(),
    };
}

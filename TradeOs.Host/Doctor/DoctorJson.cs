using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>An examination for programs.</summary>
internal static class DoctorJson
{
    /// <summary>What was found, what passed, and what could not be looked at.</summary>
    public static object Of(string endpoint, Examination examination) => new
    {
        endpoint,
        reachable = true,
        healthy = examination.IsHealthy,
        findings = examination.Findings.Select(finding => new
        {
            code = finding.Check.Code,
            severity = DoctorText.Word(finding.Check),
            where = finding.Where,
            found = finding.Found,
            expected = finding.Expected,
            cure = finding.Cure,
            commands = finding.Commands,
        }),
        passed = examination.Passed.Select(check => check.Code),
        skipped = examination.Skipped.Select(skipped => new { code = skipped.Check.Code, reason = skipped.Reason }),
    };

    /// <summary>The same shape for a server that could not be looked at.</summary>
    public static object OfAbsence(string endpoint, string error) => new
    {
        endpoint,
        reachable = false,
        healthy = false,
        error,
        findings = Array.Empty<object>(),
        passed = Array.Empty<string>(),
        skipped = Checks.All.Select(check => new { code = check.Code, reason = error }),
    };
}

using Spectre.Console;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// <c>tradeos doctor</c>: is this Redis safe to trade on, and is what it holds whole? A cure for each finding.
/// </summary>
internal static class DoctorVerb
{
    /// <summary>Examines and changes nothing; 1 with findings.</summary>
    public static async Task<int> RunAsync(Settings settings, bool json, CancellationToken cancellationToken)
    {
        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        var findings = (await DurabilityCheck.ExamineAsync(look.Control))
            .Concat(await StreamExamination.ExamineAsync(look, cancellationToken))
            .Concat(await InstanceAsync(look.Control, settings.DataDirectory)).ToList();
        if (json) Terminal.WriteJson(Json(settings, findings));
        else Write(settings, findings);
        return findings.Count == 0 ? ExitCode.Good : ExitCode.Failed;
    }

    private static async Task<IReadOnlyList<DurabilityFinding>> InstanceAsync(
        ControlConnection control, string dataDirectory)
    {
        var file = new InstanceFile(dataDirectory);
        var theirs = (string?)await control.ExecuteAsync("GET", RedisKeys.Instance);
        var ours = file.Read()?.Id;
        if (ours == theirs) return [];
        return
        [
            new DurabilityFinding(
                DurabilitySeverity.Fatal, RedisKeys.Instance, theirs ?? "(none)",
                ours is null ? $"none, because {file.FilePath} is absent" : $"{ours}, as in {file.FilePath}",
                "Point Data:Directory and Redis:Endpoint at the pair that belongs together, restore the data, or run " +
                "with --adopt."),
        ];
    }

    private static void Write(Settings settings, List<DurabilityFinding> findings)
    {
        Terminal.Out.WriteLine($"Redis at {settings.Redis.Endpoint}: {findings.Count} findings");
        foreach (var finding in findings)
        {
            var colour = finding.Severity == DurabilitySeverity.Fatal ? "red" : "yellow";
            var word = finding.Severity == DurabilitySeverity.Fatal ? "fatal  " : "warning";
            Terminal.Out.MarkupLine(
                $"[{colour}]{word}[/] {Markup.Escape(finding.Setting)} is \"{Markup.Escape(finding.Found)}\", " +
                $"expected {Markup.Escape(finding.Expected)}");
            Terminal.Out.WriteLine($"        {finding.Cure}");
        }

        if (findings.Count == 0) Terminal.Out.MarkupLine("[green]Safe to trade on.[/]");
    }

    private static object Json(Settings settings, List<DurabilityFinding> findings) => new
    {
        endpoint = settings.Redis.Endpoint,
        healthy = findings.Count == 0,
        findings = findings.Select(finding => new
        {
            severity = finding.Severity == DurabilitySeverity.Fatal ? "fatal" : "warning",
            setting = finding.Setting,
            found = finding.Found,
            expected = finding.Expected,
            cure = finding.Cure,
        }),
    };
}

using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos archive verify</c>: proves that nothing in the archive was changed, removed or
/// reordered.</summary>
internal static class ArchiveVerifyVerb
{
    /// <summary>Verifies and changes nothing; 1 with findings, 2 when it could not look.</summary>
    public static async Task<int> RunAsync(
        Settings settings, string? stream, bool json, CancellationToken cancellationToken)
    {
        var (look, absence) = await ArchiveLook.TryOpenAsync(settings, cancellationToken);
        using var asked = look;
        try
        {
            var reports = new List<VerificationReport>();
            foreach (var name in stream is null ? Topology.Streams : [stream])
            {
                if (await VerifyAsync(settings, name, look, cancellationToken) is { } report) reports.Add(report);
            }

            if (reports.Count == 0) throw NothingThere(settings, stream);
            if (json) WriteJson(Json(reports, absence));
            else Write(reports);
            if (absence is not null) Say("yellow", "tradeos:", $"Redis was not asked: {absence}");
            return reports.All(report => report.Findings.IsEmpty) ? ExitCode.Good : ExitCode.Failed;
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or BusUnavailableException)
        {
            if (json) WriteJson(new { clean = false, error = failure.Message });
            Say("red", "tradeos:", failure.Message);
            return ExitCode.Usage;
        }
    }

    /// <summary>Null where there is nothing, neither in files nor in Redis.</summary>
    private static async Task<VerificationReport?> VerifyAsync(
        Settings settings, string stream, BusLook? look, CancellationToken cancellationToken)
    {
        var folder = new ArchiveFolder(settings.DataDirectory, stream);
        var kept = await KeptAsync();
        if (!folder.Exists && kept is null) return null;
        return await ArchiveLook.WatchedAsync($"Verifying {stream}", say =>
            new ArchiveVerification(folder, kept is null ? null : KeptAsync, first => say($"{first}"))
                .RunAsync(cancellationToken));

        async Task<ArchiveState?> KeptAsync() => look is null
            ? null
            : ArchiveState.Parse(stream, await look.Control.StateAsync(ArchiveReaders.NameOf(stream)));
    }

    private static IOException NothingThere(Settings settings, string? stream) => new(
        $"There is no archive{(stream is null ? "" : $" of {stream}")} in {settings.DataDirectory}, expected one " +
        "that a run left. Give its data directory with --data DIR.");

    private static void Write(List<VerificationReport> reports)
    {
        foreach (var report in reports)
        {
            var (segments, entries) = (Number(report.Segments), Number(report.Entries));
            var verdict = report.Findings.IsEmpty ? "as written" : "not as written";
            Line("", $"{report.Stream}: {segments} sealed segments, {entries} entries up to {report.Last}, {verdict}");
            foreach (var note in report.Notes) Line("note", note);
            foreach (var unproven in report.Unproven) Line("not-proven", unproven);
            foreach (var (file, wrong) in report.Findings) Line("finding", $"{report.Stream}/{file}: {wrong}");
        }
    }

    private static void Line(string mark, string text)
    {
        var style = mark switch { "finding" => "red", "not-proven" => "yellow", _ => "blue" };
        var start = mark.Length > 0 ? $"  {mark} " : "";
        if (IsOutWatched) Terminal.Out.Write(new UnbrokenLine($"[{style}]{start}[/]{Markup.Escape(Shown(text))}"));
        else Console.Out.WriteLine(start + Shown(text));
    }

    private static object Json(List<VerificationReport> reports, string? absence) => new
    {
        clean = reports.All(report => report.Findings.IsEmpty),
        reachable = absence is null,
        streams = reports.ToDictionary(report => report.Stream, report => new
        {
            segments = report.Segments,
            entries = report.Entries,
            last = report.Last.ToString(),
            findings = report.Findings.Select(finding => new { file = finding.File, wrong = finding.Wrong }),
            notes = report.Notes,
            unproven = report.Unproven,
        }),
    };
}

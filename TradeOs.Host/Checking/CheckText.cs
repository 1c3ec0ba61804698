using Spectre.Console;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>A check for people: tables on a terminal, plain lines in a pipe.</summary>
internal static class CheckText
{
    private const string Clean = "Nothing lost, nothing twice.";

    private static readonly string[] Titles =
        ["added", "gone", "output", "rejected", "dead", "silent", "unknown", "waiting"];

    /// <summary>For a terminal.</summary>
    public static void Write(IAnsiConsole console, string endpoint, CheckReport report)
    {
        console.WriteLine($"Redis at {endpoint}: {Summary(report)}");
        var stages = new Table().Border(TableBorder.Simple).AddColumn("stage", column => column.NoWrap());
        foreach (var title in Titles) stages.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        foreach (var line in report.Stages) stages.AddRow([line.Stage, .. Numbers(line).Select(Number)]);
        console.Write(stages);
        var streams = new Table().Border(TableBorder.Simple).AddColumn("stream", column => column.NoWrap());
        foreach (var title in (string[])["entries", "outside"])
            streams.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        streams.AddColumn("sha-256 of the entries");
        foreach (var line in report.Streams)
            streams.AddRow(line.Stream, Number(line.Entries), Number(line.Outside), line.Sha256 ?? "not known");
        console.Write(streams);
        foreach (var unproven in report.Unproven)
            console.Write(new UnbrokenLine($"[yellow]not proven[/] {Markup.Escape(unproven.ToString())}"));
        foreach (var finding in report.Findings)
            console.Write(new UnbrokenLine($"[red]{finding.Code}[/] {Markup.Escape(finding.ToString())}"));
        foreach (var more in LeftOut(report)) console.WriteLine(more);
        if (report.IsClean) console.MarkupLine($"[green]{Clean}[/]");
        else console.MarkupLine("[red]Not as it must be.[/] docs/CHECK.md says what each code means.");
    }

    /// <summary>For a pipe: everything whole on a line of its own.</summary>
    public static void WriteLines(TextWriter writer, string endpoint, CheckReport report)
    {
        writer.WriteLine($"Redis at {endpoint}: {Summary(report)}");
        foreach (var line in report.Stages)
        {
            var numbers = string.Join(' ', Titles.Zip(Numbers(line)).Select(pair => $"{pair.First}={pair.Second}"));
            writer.WriteLine($"stage {line.Stage} {numbers}");
        }

        foreach (var line in report.Streams)
        {
            writer.WriteLine(
                $"stream {line.Stream} entries={line.Entries} added={line.Added} outside={line.Outside} " +
                $"sha256={line.Sha256 ?? "?"}");
        }

        foreach (var unproven in report.Unproven) writer.WriteLine($"not-proven {unproven}");
        foreach (var finding in report.Findings) writer.WriteLine($"finding {finding.Code}: {finding}");
        foreach (var more in LeftOut(report)) writer.WriteLine(more);
        if (report.IsClean) writer.WriteLine(Clean);
    }

    private static string Summary(CheckReport report)
    {
        var count = report.Counts.Values.Sum();
        var findings = count == 0 ? "no findings" : count == 1 ? "1 finding" : $"{Number(count)} findings";
        return $"{findings}; {Number(report.Streams.Sum(line => line.Entries))} entries looked at; " +
            $"{report.Unproven.Length} not proven";
    }

    private static IEnumerable<string> LeftOut(CheckReport report) => report.Counts
        .Where(pair => pair.Value > CheckReport.FindingsOfCodeMax)
        .Select(pair => $"... and {pair.Value - CheckReport.FindingsOfCodeMax} more of {pair.Key}");

    private static long[] Numbers(StageLine line) =>
    [
        line.Added, line.Gone, line.Output, line.Rejected, line.Dead, line.Silent, line.Unknown, line.Waiting,
    ];
}

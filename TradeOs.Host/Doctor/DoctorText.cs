using System.Text.RegularExpressions;
using Spectre.Console;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>An examination for people: wrapped and coloured on a terminal, a line for each finding in a pipe.</summary>
internal static partial class DoctorText
{
    private const string Safe = "Safe to trade on.";

    /// <summary>Severity as it is shown.</summary>
    public static string Word(Check check) => check.Severity switch
    {
        FindingSeverity.Fatal => "fatal",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };

    /// <summary>For a terminal: what is wrong and its cure below each other, aligned, wrapped to its width.</summary>
    public static void Write(IAnsiConsole console, string endpoint, Examination examination)
    {
        console.WriteLine($"Redis at {endpoint}: {Summary(examination)}");
        console.WriteLine();
        foreach (var finding in examination.Findings)
        {
            var colour = Colour(finding.Check);
            console.Write(Line($"[{colour}]{Word(finding.Check)}[/]", $"[bold]{finding.Check.Code}[/]"));
            console.Write(Line("", Shown(finding.Wrong)));
            console.Write(Line("", Command().Replace(Shown(finding.Cure), "[aqua]$0[/]")));
            console.WriteLine();
        }

        console.Write(Line("[green]passed[/]", string.Join(' ', examination.Passed.Select(check => check.Code))));
        foreach (var (reason, codes) in NotLookedAt(examination))
            console.Write(Line("skipped", Shown($"{codes}: {reason}")));
        console.WriteLine();
        if (examination.IsHealthy) console.MarkupLine($"[green]{Safe}[/]");
        else console.MarkupLine("[red]Not safe to trade on.[/] Each cure says what to do; docs/DOCTOR.md says why.");
    }

    /// <summary>For a pipe: each finding whole on a line of its own.</summary>
    public static void WriteLines(TextWriter writer, string endpoint, Examination examination)
    {
        writer.WriteLine($"Redis at {endpoint}: {Summary(examination)}");
        foreach (var finding in examination.Findings)
            writer.WriteLine($"{Word(finding.Check)} {finding.Check.Code}: {OneLine(finding.ToString())}");
        writer.WriteLine($"passed: {string.Join(' ', examination.Passed.Select(check => check.Code))}");
        foreach (var (reason, codes) in NotLookedAt(examination))
            writer.WriteLine($"skipped: {codes}: {OneLine(reason)}");
        if (examination.IsHealthy) writer.WriteLine(Safe);
    }

    /// <summary>How many of what: 2 fatal, 1 warning; 40 of 44 checks passed.</summary>
    private static string Summary(Examination examination)
    {
        var counts = examination.Findings.GroupBy(finding => finding.Check.Severity)
            .Select(group => $"{group.Count()} {Word(group.First().Check)}{Plural(group.Key, group.Count())}").ToList();
        var found = counts.Count > 0 ? string.Join(", ", counts) : "no findings";
        return $"{found}; {examination.Passed.Count} of {Checks.All.Length} checks passed";
    }

    private static string Plural(FindingSeverity severity, int count) =>
        severity == FindingSeverity.Fatal || count == 1 ? "" : "s";

    private static IEnumerable<(string Reason, string Codes)> NotLookedAt(Examination examination) =>
        examination.Skipped.GroupBy(skipped => skipped.Reason)
            .Select(group => (group.Key, string.Join(' ', group.Select(skipped => skipped.Check.Code))));

    private static Grid Line(string left, string right)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().Width(8).Padding(0, 0, 1, 0));
        grid.AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        return grid.AddRow(left, right);
    }

    private static string Colour(Check check) => check.Severity switch
    {
        FindingSeverity.Fatal => "red",
        FindingSeverity.Warning => "yellow",
        _ => "blue",
    };

    private static string Shown(string text) => Markup.Escape(Terminal.Shown(text));

    /// <summary>Strangers name groups and consumers as they like.</summary>
    private static string OneLine(string text) => EntryText.Show(text.ReplaceLineEndings(" "));

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex Command();
}

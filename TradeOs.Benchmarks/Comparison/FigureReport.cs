using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>Prints figures: a table for people, plain lines in a pipe, or one JSON object; and keeps both.</summary>
internal sealed class FigureReport(
    IReadOnlyList<Figure> figures, Machine machine, ComparisonArguments arguments)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly string[] Titles = ["what", "measured", "rounds", "owed", "aim", "unit", "kept"];

    private string About =>
        $"{machine}; median of {arguments.Rounds} rounds, commits of {arguments.BatchCountMax}" +
        (arguments.FsyncDelay > 0 ? $", each fsync {arguments.FsyncDelay} us longer" : "");

    /// <summary>Prints to standard output.</summary>
    public void Write()
    {
        if (arguments.Json)
        {
            Console.WriteLine(Text());
            return;
        }

        var table = new Table().Border(Terminal.IsOutWatched ? TableBorder.Rounded : TableBorder.Markdown);
        foreach (var title in Titles) table.AddColumn(title, column => column.Alignment(AlignmentOf(title)));
        foreach (var figure in figures) table.AddRow([.. Cells(figure).Select(Markup.Escape)]);
        Terminal.Out.Write(table);
        Terminal.Out.WriteLine(About);
    }

    /// <summary>Writes both forms into a directory, named by the time.</summary>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        var name = Path.Combine(
            directory, TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd-HHmmss", CultureInfo.InvariantCulture));
        File.WriteAllText(name + ".json", Text());
        var markdown = new StringBuilder($"{About}\n\n| {string.Join(" | ", Titles)} |\n");
        markdown.AppendLine($"|{string.Join("|", Titles.Select(title => IsText(title) ? "---" : "---:"))}|");
        foreach (var figure in figures) markdown.AppendLine($"| {string.Join(" | ", Cells(figure))} |");
        File.WriteAllText(name + ".md", markdown.ToString());
        Terminal.Say("blue", "benchmark:", $"written: {name}.md and .json");
    }

    /// <summary>Prints how each ratio changed since an earlier run; absolute figures are of a moment and a
    /// machine.</summary>
    public void Compare(string file)
    {
        var earlier = JsonSerializer.Deserialize<Kept>(File.ReadAllText(file), Json)?.Figures ?? [];
        var table = new Table().Border(Terminal.IsOutWatched ? TableBorder.Rounded : TableBorder.Markdown);
        table.AddColumn("ratio");
        foreach (var title in (string[])["before", "now", "change"])
            table.AddColumn(title, column => column.RightAligned());
        foreach (var now in figures.Where(figure => figure.Unit.Length == 0))
        {
            if (earlier.FirstOrDefault(figure => figure.What == now.What) is not { } before) continue;
            var change = (now.Measured / before.Measured) - 1;
            table.AddRow(
                Markup.Escape(now.What), Figure.Text(before.Measured), Figure.Text(now.Measured),
                change.ToString("+0 %;-0 %;0 %", CultureInfo.InvariantCulture));
        }

        Terminal.Error.Write(table);
        var isOfAnother = earlier.Select(figure => figure.What).Except(figures.Select(figure => figure.What)).ToList();
        if (isOfAnother.Count > 0)
            Terminal.Say("yellow", "benchmark:", $"not measured now: {string.Join("; ", isOfAnother)}");
    }

    private static bool IsText(string title) => title is "what" or "unit" or "kept";

    private static Justify AlignmentOf(string title) => IsText(title) ? Justify.Left : Justify.Right;

    private static string[] Cells(Figure figure) =>
    [
        figure.What, Figure.Text(figure.Measured),
        figure.Low == figure.High ? "" : $"{Figure.Text(figure.Low)} - {Figure.Text(figure.High)}",
        Figure.Text(figure.Owed), Figure.Text(figure.Aim), figure.Unit,
        figure.IsKept switch { true => "yes", false => "no", null => "" },
    ];

    private string Text() => JsonSerializer.Serialize(
        new
        {
            machine, at = TimeProvider.System.GetUtcNow(), arguments.Rounds, arguments.Ticks, arguments.BatchCountMax,
            arguments.IsQuick, arguments.FsyncDelay, figures,
        }, Json);

    private sealed record Kept(IReadOnlyList<Figure> Figures);
}

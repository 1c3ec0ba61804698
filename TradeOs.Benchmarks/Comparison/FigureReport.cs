using System.Text.Json;
using Spectre.Console;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>Prints figures: a table for people, plain lines in a pipe, or one JSON object.</summary>
internal static class FigureReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Prints to standard output.</summary>
    public static void Write(IReadOnlyList<Figure> figures, Machine machine, ComparisonArguments arguments)
    {
        if (arguments.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new { machine, arguments.Rounds, arguments.Ticks, arguments.BatchCountMax, figures }, Json));
            return;
        }

        var table = new Table().Border(Terminal.IsOutWatched ? TableBorder.Rounded : TableBorder.Markdown);
        table.AddColumn("what");
        foreach (var name in (string[])["measured", "owed", "aim"])
            table.AddColumn(name, column => column.RightAligned());
        table.AddColumn("unit").AddColumn("kept");
        foreach (var figure in figures) table.AddRow(Cells(figure));
        Terminal.Out.Write(table);
        Terminal.Out.WriteLine($"{machine}; median of {arguments.Rounds} rounds, commits of {arguments.BatchCountMax}");
    }

    private static string[] Cells(Figure figure) =>
    [
        Markup.Escape(figure.What), Figure.Text(figure.Measured), Figure.Text(figure.Owed), Figure.Text(figure.Aim),
        figure.Unit, figure.IsKept switch { true => "yes", false => "no", null => "" },
    ];
}

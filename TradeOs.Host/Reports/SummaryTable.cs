using Spectre.Console;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>The summary of a run, for people.</summary>
internal static class SummaryTable
{
    /// <summary>Writes it to <paramref name="console"/>.</summary>
    public static void Write(IAnsiConsole console, RunSummary summary)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("stream", column => column.NoWrap());
        table.AddColumn(new TableColumn("entries").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("in Redis").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("ever written").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("sha-256 of the entries"));
        foreach (var line in summary.Streams)
            table.AddRow(line.Stream, Number(line.Entries), Number(line.Held), Number(line.Added), line.Sha256);
        console.Write(table);
        WriteRejections(console, summary);
        WriteMetrics(console, summary);
    }

    private static void WriteRejections(IAnsiConsole console, RunSummary summary)
    {
        if (summary.Rejections.IsEmpty) return;
        var table = new Table().Border(TableBorder.Simple).AddColumn("rejected by").AddColumn("code");
        table.AddColumn(new TableColumn("times").RightAligned());
        foreach (var (key, count) in summary.Rejections)
        {
            var blank = key.IndexOf(' ', StringComparison.Ordinal);
            table.AddRow(Markup.Escape(key[..blank]), Markup.Escape(key[(blank + 1)..]), Number(count));
        }

        console.Write(table);
    }

    private static void WriteMetrics(IAnsiConsole console, RunSummary summary)
    {
        if (summary.Metrics.IsEmpty)
        {
            console.WriteLine("No round trip has closed yet, so there is no profit or loss to show.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("figure");
        table.AddColumn(new TableColumn("value").RightAligned());
        foreach (var (name, value) in summary.Metrics)
            if (name is not ("trace" or "cause"))
                table.AddRow(Markup.Escape(name.Replace('_', ' ')), Markup.Escape(value));
        console.Write(table);
    }
}

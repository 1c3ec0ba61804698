using System.Collections.Immutable;
using Spectre.Console;
using TradeOs.Bus;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary><c>tradeos readers list</c>: who reads what, how far, and what happens when one is stuck.</summary>
internal static class ReadersListVerb
{
    /// <summary>What the whole table takes.</summary>
    private const int Width = 150;

    /// <summary>Prints the readers; 1 when something is wrong with one outside.</summary>
    public static async Task<int> RunAsync(Settings settings, bool json, CancellationToken cancellationToken)
    {
        using var look = await BusLook.OpenAsync(settings, cancellationToken);
        var snapshot = await RetentionSnapshot.TakeAsync(look.Control, ArchiveReaders.Limits(settings));
        var readers = ReaderListing.Of(snapshot);
        var host = await LivingHost.NameAsync(look.Control);
        if (json) WriteJson(Json(host, readers));
        else Write(Terminal.Out, host, readers);
        return readers.All(reader => reader.IsWell) ? ExitCode.Good : ExitCode.Failed;
    }

    private static void Write(IAnsiConsole console, string? host, ImmutableArray<ReaderListing> readers)
    {
        // A narrow terminal is told the rest by --json: better left out than folded.
        var isNarrow = console.Profile.Width < Width;
        var table = new Table().Border(TableBorder.Simple).AddColumn("reader").AddColumn("stream");
        table.AddColumn(new TableColumn("behind").RightAligned().NoWrap());
        foreach (var title in isNarrow ? (string[])["state"] : ["position", "kind", "when stuck", "state"])
            table.AddColumn(title);
        foreach (var reader in readers)
        {
            var behind = reader.Lag is { } lag ? Number(lag) : "?";
            string[] first = [reader.Name, reader.Stream, behind];
            string[] cells = isNarrow
                ? [.. first, reader.State]
                : [.. first, reader.Position.ToString(), reader.Kind, reader.OnStuck, reader.State];
            var style = reader.IsWell ? "default" : "yellow";
            table.AddRow(cells.Select(cell => $"[{style}]{Markup.Escape(Shown(cell))}[/]").ToArray());
        }

        console.Write(table);
        if (host is null && readers.Any(reader => reader.Kind.StartsWith("outside", StringComparison.Ordinal)))
            console.MarkupLine("No host runs: outside readers stand where they were last seen; nothing is trimmed.");
    }

    private static object Json(string? host, ImmutableArray<ReaderListing> readers) => new
    {
        host,
        readers = readers.ToDictionary(reader => reader.Name, reader => new
        {
            kind = reader.Kind,
            stream = reader.Stream,
            position = reader.Position.ToString(),
            lag = reader.Lag,
            on_stuck = reader.OnStuck,
            state = reader.State,
            well = reader.IsWell,
        }),
    };
}

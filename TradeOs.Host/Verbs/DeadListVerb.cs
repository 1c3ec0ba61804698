using Spectre.Console;
using TradeOs.Bus;
using TradeOs.Stages;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>What <c>dead list</c> was asked for.</summary>
/// <param name="Stage">Only letters of that stage; null for all.</param>
/// <param name="Stream">Only letters of that stream or file; null for all.</param>
/// <param name="CountMax">How many of the newest.</param>
/// <param name="WithResolved">Also those that were resolved.</param>
internal sealed record DeadListArguments(string? Stage, string? Stream, int CountMax, bool WithResolved)
{
    /// <summary>Whether a letter is one of those.</summary>
    public bool IsAsked(DeadLetter letter) =>
        (Stage is null || letter.Stage == Stage) && (Stream is null || letter.Stream == Stream);
}

/// <summary><c>tradeos dead list</c>: the letters nobody has resolved, newest last.</summary>
internal static class DeadListVerb
{
    /// <summary>Looks; letters that are open are no failure of the look.</summary>
    public static async Task<int> RunAsync(
        Settings settings, DeadListArguments arguments, bool json, CancellationToken cancellationToken)
    {
        if (arguments.Stage is { } stage && Topology.Readers.All(reader => reader.Name != stage))
        {
            var names = string.Join(", ", Topology.Readers.Select(reader => reader.Name));
            Say("red", "tradeos:", $"--stage is \"{EntryText.Show(stage)}\", expected one of {names}.");
            return ExitCode.Usage;
        }

        using var look = await DeadLook.OpenAsync(settings, cancellationToken);
        var list = await LetterList.ReadAsync(
            look, arguments.IsAsked, arguments.WithResolved, arguments.CountMax, cancellationToken);
        if (json) WriteJson(Json(list));
        else if (IsOutWatched) WriteTable(list);
        else foreach (var line in list.Letters) Console.Out.WriteLine(Line(line));
        if (!json) WriteSummary(list);
        return ExitCode.Good;
    }

    private static void WriteTable(LetterList list)
    {
        if (list.Letters.IsEmpty) return;
        var table = new Table().Border(TableBorder.Simple).ShowRowSeparators()
            .AddColumn("letter\nwritten", column => column.NoWrap())
            .AddColumn("stage\nfound at").AddColumn("error");
        table.AddColumn(new TableColumn("bytes").RightAligned().NoWrap());
        foreach (var (id, letter, resolution) in list.Letters)
        {
            var state = resolution is null ? "" : $"\n[dim]{Markup.Escape(LetterLook.Said(resolution))}[/]";
            table.AddRow(
                $"{id}\n[dim]{LetterStream.WrittenAt(id)}[/]",
                $"{Safe(letter.Stage)}\n{Safe(letter.Stream)}\n" +
                (letter.IsOfFeed ? "line " : "") + Safe(letter.Id),
                Safe(letter.Error) + state, Number(letter.Raw.Length));
        }

        Out.Write(table);
    }

    /// <summary>A tab between the parts and no part left out, for cut and awk.</summary>
    private static string Line(LetterLine line) => string.Join(
        '\t', line.Id, LetterStream.WrittenAt(line.Id), EntryText.Show(line.Letter.Stage),
        $"{EntryText.Show(line.Letter.Stream)}/{EntryText.Show(line.Letter.Id)}", line.Letter.Raw.Length,
        line.Resolution is null ? "open" : LetterLook.Said(line.Resolution), EntryText.Show(line.Letter.Error));

    private static void WriteSummary(LetterList list)
    {
        Out.WriteLine(
            $"{Number(list.Open)} open, {Number(list.Requeued)} requeued, {Number(list.Dropped)} dropped.");
        var unseen = list.Matching - list.Letters.Length;
        if (unseen > 0) Out.WriteLine($"{Number(unseen)} older ones are not shown: -n {list.Matching} shows all.");
        if (list.Unreadable > 0)
        {
            Out.WriteLine(
                $"{Number(list.Unreadable)} entries are no letter and no resolution: another program wrote them.");
        }

        if (list.Trimmed > 0)
            Out.WriteLine($"{Number(list.Trimmed)} entries older than these have been trimmed away.");
        if (list.Open > 0)
            Out.WriteLine("Times are when a letter was written. More of one: tradeos dead show LETTER");
    }

    private static string Safe(string text) => Markup.Escape(EntryText.Show(text));

    private static object Json(LetterList list) => new
    {
        open = list.Open,
        requeued = list.Requeued,
        dropped = list.Dropped,
        unreadable = list.Unreadable,
        trimmed = list.Trimmed,
        matching = list.Matching,
        letters = list.Letters.Select(line => DeadJson.Of(line.Id, line.Letter, line.Resolution)),
    };
}

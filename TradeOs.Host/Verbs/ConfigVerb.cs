using System.Collections;
using System.Globalization;
using Spectre.Console;

namespace TradeOs.Host;

/// <summary><c>tradeos config show</c>: every option as resolved, and where it came from.</summary>
internal static class ConfigVerb
{
    private const string Masked = "********";

    /// <summary>Prints every option; secrets are masked.</summary>
    public static int Show(Settings settings, bool json)
    {
        var lines = Lines(settings).ToList();
        if (json)
        {
            var byKey = lines.ToDictionary(
                line => line.Key, object (line) => new { value = line.Value, source = line.Source });
            byKey["memory"] = JsonOfMemory(settings);
            Terminal.WriteJson(byKey);
            return ExitCode.Good;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("option").AddColumn("value").AddColumn("from");
        foreach (var (key, value, source) in lines)
            table.AddRow(Markup.Escape(key), Markup.Escape(value), Markup.Escape(source));
        Terminal.Out.Write(table);
        WriteMemory(Terminal.Out, settings);
        return ExitCode.Good;
    }

    private static void WriteMemory(IAnsiConsole console, Settings settings)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("stream", column => column.NoWrap());
        foreach (var title in (string[])["MaxLength", "bytes an entry", "MaxBytes", "memory when full"])
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        table.AddColumn("MaxAge").AddColumn("archive");
        foreach (var (stream, options) in settings.Streams)
        {
            table.AddRow(
                stream, Terminal.Number(options.MaxLength), Terminal.Number(StreamMemory.EntryBytes[stream]),
                options.MaxBytes is { } bytes ? Terminal.Number(bytes) : "",
                Terminal.Number(StreamMemory.EstimateOf(stream, options)), Text(options.MaxAge), Text(options.Archive));
        }

        console.Write(table);
        var (total, budget) = (StreamMemory.Total(settings), settings.Redis.MemoryBudget);
        var style = total <= budget ? "default" : "red";
        console.MarkupLine(
            $"[{style}]All streams full: {Terminal.Number(total)} bytes; Redis:MemoryBudget is " +
            $"{Terminal.Number(budget)}{(total <= budget ? "" : ": a run is refused")}.[/]");
    }

    private static object JsonOfMemory(Settings settings) => new
    {
        streams = settings.Streams.ToDictionary(stream => stream.Key, stream => new
        {
            entry_bytes = StreamMemory.EntryBytes[stream.Key],
            bytes = StreamMemory.EstimateOf(stream.Key, stream.Value),
        }),
        bytes = StreamMemory.Total(settings),
        budget = settings.Redis.MemoryBudget,
        within_budget = StreamMemory.Total(settings) <= settings.Redis.MemoryBudget,
    };

    private static IEnumerable<(string Key, string Value, string Source)> Lines(Settings settings)
    {
        foreach (var (section, options) in settings.Sections)
        {
            foreach (var name in Sections.KeysOf(options.GetType()))
            {
                var key = $"{section}:{name}";
                var value = Text(Sections.ValueOf(options, name));
                if (name == "Password" && value.Length > 0) value = Masked;
                yield return (key, value, Source(settings, key));
            }
        }

        foreach (var (stream, options) in settings.Streams)
        {
            foreach (var name in Sections.KeysOf(typeof(StreamOptions)))
            {
                var key = $"{StreamOptions.Section}:{stream}:{name}";
                yield return (key, Text(Sections.ValueOf(options, name)), Source(settings, key));
            }
        }

        yield return (Sections.Feeds, string.Join("  ", settings.Feeds), Source(settings, Sections.Feeds));
    }

    private static string Source(Settings settings, string key) =>
        ConfigurationKeys.SourceOf(settings.Configuration, key);

    /// <summary>The text of a value as the configuration takes it.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IDictionary map => string.Join(", ", map.Keys.Cast<object>().Select(key => $"{key}={Text(map[key])}")),
        IEnumerable many => string.Join(", ", many.Cast<object>().Select(Text)),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

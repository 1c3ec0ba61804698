using System.CommandLine;
using System.Globalization;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>The verbs of <c>tradeos archive</c> and their options.</summary>
/// <param name="settings">Reads the settings.</param>
/// <param name="json">The option <c>--json</c> that every verb has.</param>
internal sealed class ArchiveCommands(Func<ParseResult, Settings> settings, Option<bool> json)
{
    private const string Formats = "an id such as 1732-0, or a time such as 2026-03-01 or 2026-03-01T14:30:00Z (UTC)";

    /// <summary>The command <c>archive</c>.</summary>
    public Command Create() =>
        new("archive", "The archive: what was trimmed from the streams, and everything before it is.")
        {
            Status(), Verify(), Export(),
        };

    private Command Status()
    {
        var command = new Command("status", "What is archived of each stream, and how far it is behind.");
        command.SetAction((arguments, cancellationToken) =>
            ArchiveStatusVerb.RunAsync(settings(arguments), arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Verify()
    {
        var stream = Stream(ArgumentArity.ZeroOrOne, "Only that stream; default: all that are archived");
        var command = new Command(
            "verify", "Prove that nothing was changed, removed or reordered. Exit code 1 with findings.")
        {
            stream,
        };
        command.SetAction((arguments, cancellationToken) => ArchiveVerifyVerb.RunAsync(
            settings(arguments), arguments.GetValue(stream), arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Export()
    {
        var stream = Stream(ArgumentArity.ExactlyOne, "Name of the stream, e.g. fills");
        var from = Place("--from", "First entry: an id, or the time it was appended", false);
        var to = Place("--to", "Last entry: an id, or the time it was appended", true);
        var format = new Option<string>("--format")
        {
            Description = "csv, or ndjson: exactly the lines of the archive", DefaultValueFactory = _ => "ndjson",
        };
        format.AcceptOnlyFromAmong("csv", "ndjson");
        var output = new Option<string?>("--out")
        {
            Description = "File to write; default: standard output", HelpName = "FILE",
        };
        var offline = new Option<bool>("--offline")
        {
            Description = "Do without Redis: only what is in the files",
        };
        var command = new Command("export", "Everything there was in a stream, archive and Redis joined.")
        {
            stream, from, to, format, output, offline,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(output) is null)
                result.AddError("--json says what was exported, so the entries need a file: give --out FILE.");
        });
        command.SetAction((arguments, cancellationToken) => ArchiveExportVerb.RunAsync(
            settings(arguments),
            new ExportArguments(
                arguments.GetRequiredValue(stream)!, arguments.GetValue(from) ?? EntryId.Zero,
                arguments.GetValue(to) ?? EntryId.Max, arguments.GetValue(format) == "csv",
                arguments.GetValue(output), arguments.GetValue(offline)),
            arguments.GetValue(json), cancellationToken));
        return command;
    }

    private static Argument<string?> Stream(ArgumentArity arity, string description)
    {
        var stream = new Argument<string?>("STREAM") { Description = description, Arity = arity };
        stream.Validators.Add(result =>
        {
            if (result.Tokens is not [var name, ..] || Topology.Streams.Contains(name.Value)) return;
            var streams = string.Join(", ", Topology.Streams);
            result.AddError($"'{EntryText.Show(name.Value)}' is not a stream, expected one of {streams}.");
        });
        return stream;
    }

    private static Option<EntryId?> Place(string name, string description, bool isEnd) => new(name)
    {
        Description = description,
        HelpName = "ID|TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (EntryId.TryParse(Encoding.UTF8.GetBytes(text), out var id)) return id;
            if (TimeOf(text, isEnd) is { } milliseconds)
                return new EntryId(milliseconds, isEnd ? ulong.MaxValue : 0);
            result.AddError($"{name} {EntryText.Show(text)}: expected {Formats}.");
            return null;
        },
    };

    /// <summary>A day that is an end is meant whole, and so is a second.</summary>
    private static ulong? TimeOf(string text, bool isEnd)
    {
        (string Format, TimeSpan Length)[] forms =
        [
            ("yyyy-MM-dd", TimeSpan.FromDays(1)), ("yyyy-MM-dd'T'HH:mm'Z'", TimeSpan.FromMinutes(1)),
            ("yyyy-MM-dd'T'HH:mm:ss'Z'", TimeSpan.FromSeconds(1)),
            ("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", TimeSpan.FromMilliseconds(1)),
        ];
        foreach (var (format, length) in forms)
        {
            var isTime = DateTimeOffset.TryParseExact(
                text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at);
            if (!isTime || at < DateTimeOffset.UnixEpoch) continue;
            return (ulong)at.ToUnixTimeMilliseconds() + (isEnd ? (ulong)length.TotalMilliseconds - 1 : 0);
        }

        return null;
    }
}

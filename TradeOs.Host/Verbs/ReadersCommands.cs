using System.CommandLine;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>The verbs of <c>tradeos readers</c> and <c>tradeos trim</c>, and their options.</summary>
/// <param name="settings">Reads the settings.</param>
/// <param name="json">The option <c>--json</c> that every verb has.</param>
internal sealed class ReadersCommands(Func<ParseResult, Settings> settings, Option<bool> json)
{
    private static readonly TimeSpan ReleaseAfterMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseAfterMax = TimeSpan.FromDays(365);

    /// <summary>The commands <c>readers</c> and <c>trim</c>.</summary>
    public IEnumerable<Command> Create() =>
    [
        new("readers", "Who reads the streams, and programs outside that must not be trimmed past.")
        {
            List(), Add(), Remove(),
        },
        new("trim", "What is trimmed away, and what holds it.") { Plan() },
    ];

    private Command List()
    {
        var command = new Command("list", "Every reader: how far it is, and what happens when it is stuck.");
        command.SetAction((arguments, cancellationToken) => ReadersListVerb.RunAsync(
            settings(arguments), arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Add()
    {
        var (name, stream) = (Name(), Stream());
        var group = new Option<string>("--group")
        {
            Description = "Its consumer group; without one it keeps an offset of its own", HelpName = "GROUP",
            DefaultValueFactory = _ => "",
        };
        group.Validators.Add(result =>
        {
            if (Topology.Stages.Any(stage => stage.Name == result.GetValueOrDefault<string>()))
                result.AddError("--group is a group of the pipeline, expected one of that program alone.");
        });
        var onStuck = new Option<string>("--on-stuck")
        {
            Description = "wait: the pipeline waits for it; release: after a time it no longer does",
            DefaultValueFactory = _ => "wait", HelpName = "wait|release",
        };
        onStuck.AcceptOnlyFromAmong("wait", "release");
        var releaseAfter = new Option<TimeSpan>("--release-after")
        {
            Description = "How long it may hold a full stream without moving, with --on-stuck release",
            DefaultValueFactory = _ => OutsideReader.ReleaseAfterDefault, HelpName = "TIME",
        };
        releaseAfter.Validators.Add(result =>
        {
            var time = result.GetValueOrDefault<TimeSpan>();
            if (time < ReleaseAfterMin || time > ReleaseAfterMax)
                result.AddError($"--release-after expects a time from {ReleaseAfterMin} to {ReleaseAfterMax}.");
        });
        var command = new Command("add", "Register a program: its stream is not trimmed past what it is done with.")
        {
            name, stream, group, onStuck, releaseAfter,
        };
        command.SetAction((arguments, cancellationToken) => ReadersAddVerb.RunAsync(
            settings(arguments),
            new OutsideReader(
                arguments.GetRequiredValue(name), arguments.GetRequiredValue(stream), arguments.GetValue(group)!,
                arguments.GetValue(onStuck) == "release" ? StuckRule.Release : StuckRule.Wait,
                arguments.GetValue(releaseAfter)),
            arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Remove()
    {
        var name = Name();
        var command = new Command("remove", "Forget a program: nothing waits for it any more.") { name };
        command.SetAction((arguments, cancellationToken) => ReadersRemoveVerb.RunAsync(
            settings(arguments), arguments.GetRequiredValue(name), arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Plan()
    {
        var command = new Command("plan", "What the next trim would take away, and what holds the rest.");
        command.SetAction((arguments, cancellationToken) => TrimPlanVerb.RunAsync(
            settings(arguments), arguments.GetValue(json), cancellationToken));
        return command;
    }

    private static Argument<string> Name()
    {
        var name = new Argument<string>("NAME") { Description = "What you call the program, e.g. python" };
        name.Validators.Add(result =>
        {
            var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (OutsideReader.IsName(text) && Topology.Readers.All(reader => reader.Name != text)) return;
            result.AddError(
                $"'{EntryText.Show(text)}' cannot be the name of an outside reader, expected 1 to " +
                $"{OutsideReader.NameLengthMax} lower-case letters, digits, dots and dashes, and no stage's name.");
        });
        return name;
    }

    private static Option<string> Stream()
    {
        var stream = new Option<string>("--stream")
        {
            Description = "What it reads", Required = true, HelpName = "STREAM",
        };
        stream.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>() ?? "";
            if (Topology.Streams.Contains(text)) return;
            result.AddError(
                $"unknown stream '{EntryText.Show(text)}'; the streams are {string.Join(", ", Topology.Streams)}.");
        });
        return stream;
    }
}

using System.CommandLine;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>The verb <c>tradeos skip</c> and its options.</summary>
/// <param name="settings">Reads the settings.</param>
/// <param name="json">The option <c>--json</c> that every verb has.</param>
internal sealed class SkipCommand(Func<ParseResult, Settings> settings, Option<bool> json)
{
    private static string Stages => string.Join(", ", Topology.Stages.Select(stage => stage.Name));

    /// <summary>The command <c>skip</c>.</summary>
    public Command Create()
    {
        var (stage, id, reason) = (Stage(), Id(), ReasonOption.Create());
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done" };
        var command = new Command(
            "skip", "Go on behind the entry a stage stopped at; it is kept as a dead letter. Only while no host runs.")
        {
            stage, id, reason, dryRun,
        };
        command.SetAction((arguments, cancellationToken) => SkipVerb.RunAsync(
            settings(arguments),
            new SkipArguments(
                arguments.GetRequiredValue(stage), arguments.GetRequiredValue(id), arguments.GetRequiredValue(reason),
                arguments.GetValue(dryRun)),
            arguments.GetValue(json), cancellationToken));
        return command;
    }

    private static Argument<ReaderDefinition> Stage() => new("STAGE")
    {
        Description = "Name of the stage, as the host said it when it stopped",
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value;
            if (Topology.Stages.FirstOrDefault(stage => stage.Name == name) is { } found) return found;
            result.AddError(name == Topology.Feed.Name
                ? $"the feed reads no stream: a row it cannot use is a dead letter already; expected one of {Stages}."
                : $"'{EntryText.Show(name)}' is no stage, expected one of {Stages}.");
            return null!;
        },
    };

    private static Argument<EntryId> Id() => new("ID")
    {
        Description = "Id of the entry, as the host said it when it stopped",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (EntryId.TryParse(Encoding.UTF8.GetBytes(text), out var id)) return id;
            result.AddError(
                $"'{EntryText.Show(text)}' is no id of an entry, expected one such as 1732-0: the host says it when " +
                "it stops.");
            return default;
        },
    };
}

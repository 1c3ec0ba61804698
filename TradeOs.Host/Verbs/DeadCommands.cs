using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.RegularExpressions;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The verbs of <c>tradeos dead</c> and their options.</summary>
/// <param name="settings">Reads the settings; of <c>--set</c> it takes what the second argument lets pass.</param>
/// <param name="set">The option <c>--set</c> that every verb has.</param>
/// <param name="json">The option <c>--json</c> that every verb has.</param>
internal sealed partial class DeadCommands(
    Func<ParseResult, Func<string, bool>, Settings> settings, Option<string[]> set, Option<bool> json)
{
    /// <summary>The command <c>dead</c>.</summary>
    public Command Create() => new("dead", "Dead letters: what nobody could decode, and what is done about it.")
    {
        List(), Show(), Requeue(), Drop(),
    };

    private Command List()
    {
        var stage = new Option<string?>("--stage") { Description = "Only letters of that stage", HelpName = "STAGE" };
        var stream = new Option<string?>("--stream")
        {
            Description = "Only letters of that stream, or of that file of a feed", HelpName = "STREAM",
        };
        var count = new Option<int>("-n")
        {
            Description = "How many of the newest", DefaultValueFactory = _ => 20, HelpName = "N",
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
                result.AddError("-n expects a whole number from 1 to 100000.");
        });
        var all = new Option<bool>("--all") { Description = "Also those that were requeued or dropped" };
        var command = new Command("list", "The letters nobody has resolved, newest last.")
        {
            stage, stream, count, all,
        };
        command.SetAction((arguments, cancellationToken) => DeadListVerb.RunAsync(
            settings(arguments, _ => true),
            new DeadListArguments(
                arguments.GetValue(stage), arguments.GetValue(stream), arguments.GetValue(count),
                arguments.GetValue(all)),
            arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Show()
    {
        var letter = Letters("LETTER", ArgumentArity.ExactlyOne);
        var raw = new Option<bool>("--raw") { Description = "Write exactly the bytes to standard output" };
        var command = new Command("show", "All there is to know of a letter, and what to do next.") { letter, raw };
        command.SetAction((arguments, cancellationToken) => DeadShowVerb.RunAsync(
            settings(arguments, _ => true), arguments.GetRequiredValue(letter)[0], arguments.GetValue(raw),
            arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Requeue()
    {
        var (letters, reason, dryRun) = (Letters("LETTER", ArgumentArity.OneOrMore), ReasonOption.Create(), DryRun());
        var command = new Command(
            "requeue",
            "Append a letter's entry again to the stream it came from, and note that. With --set FIELD=VALUE a field " +
            "is corrected first (a name with a colon in it is a setting, as everywhere).")
        {
            letters, reason, dryRun,
        };
        command.Validators.Add(result =>
        {
            foreach (var assignment in (result.GetValue(set) ?? []).Where(assignment => !IsSetting(assignment)))
            {
                if (FieldAssignment().IsMatch(assignment)) continue;
                result.AddError(
                    $"--set {EntryText.Show(assignment)}: expected FIELD=VALUE with a field of the entry, such as " +
                    "--set price=61837.6, or a setting such as --set Redis:Mode=External.");
            }
        });
        command.SetAction((arguments, cancellationToken) => DeadResolveVerb.RunAsync(
            settings(arguments, IsSetting),
            new DeadResolveArguments(
                [.. arguments.GetRequiredValue(letters).Distinct()],
                [.. (arguments.GetValue(set) ?? []).Where(assignment => !IsSetting(assignment)).Select(Correction)],
                arguments.GetRequiredValue(reason), arguments.GetValue(dryRun)),
            arguments.GetValue(json), cancellationToken));
        return command;
    }

    private Command Drop()
    {
        var (letters, reason, dryRun) = (Letters("LETTER", ArgumentArity.OneOrMore), ReasonOption.Create(), DryRun());
        var command = new Command("drop", "Note that a letter will not be requeued. Nothing is deleted.")
        {
            letters, reason, dryRun,
        };
        command.SetAction((arguments, cancellationToken) => DeadResolveVerb.RunAsync(
            settings(arguments, _ => true),
            new DeadResolveArguments(
                [.. arguments.GetRequiredValue(letters).Distinct()], null, arguments.GetRequiredValue(reason),
                arguments.GetValue(dryRun)),
            arguments.GetValue(json), cancellationToken));
        return command;
    }

    private static Argument<EntryId[]> Letters(string name, ArgumentArity arity) => new(name)
    {
        Description = "Id of the letter in dead.letters, as dead list shows it",
        Arity = arity,
        CustomParser = result => [.. result.Tokens.Select(token => IdOf(token, result))],
    };

    private static EntryId IdOf(Token token, ArgumentResult result)
    {
        if (EntryId.TryParse(Encoding.UTF8.GetBytes(token.Value), out var id)) return id;
        result.AddError(token.Value.StartsWith('-')
            ? $"'{EntryText.Show(token.Value)}' is no option of this verb; its options: tradeos dead --help"
            : $"'{EntryText.Show(token.Value)}' is no id of a letter, expected one such as 1732-0. Look for it with: " +
              "tradeos dead list");
        return default;
    }

    private static Option<bool> DryRun() => new("--dry-run") { Description = "Only say what would be done" };

    /// <summary>A key of the settings has a colon, a field of an entry has none.</summary>
    private static bool IsSetting(string assignment) =>
        assignment.Split('=')[0].Contains(':', StringComparison.Ordinal);

    private static Correction Correction(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return new Correction(assignment[..equals], assignment[(equals + 1)..]);
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*=")]
    private static partial Regex FieldAssignment();
}

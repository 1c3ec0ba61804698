using System.Text.RegularExpressions;

namespace TradeOs.Bus;

/// <summary>Asks the server whether our user may do what the application does, before it does any of it.</summary>
public static partial class PermissionCheck
{
    private const string User = "default";
    private const string Persist = "and make it last: ACL SAVE or CONFIG REWRITE, wherever its users are kept";

    /// <summary>Asks about each command with ACL DRYRUN, which runs none of them.</summary>
    /// <param name="connection">The server.</param>
    /// <param name="needed">Whole commands, as <see cref="RedisPermissions"/> lists them.</param>
    /// <param name="examination">Takes at most one finding for what is not permitted, and one for each command that
    /// the server does not know.</param>
    /// <exception cref="BusUnavailableException">The server went away.</exception>
    public static async Task ExamineAsync(
        ControlConnection connection, IReadOnlyList<IReadOnlyList<string>> needed, Examination examination)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(examination);

        // Whether CONFIG and INFO are permitted shows where they are used; that finding can be accepted, these cannot.
        var asked = needed.Where(command => command[0] is not ("CONFIG" or "INFO"));
        var answers = await Task.WhenAll(asked.Select(command => AskAsync(connection, command)));
        if (answers.FirstOrDefault(answer => IsRefusal(answer.Text)) is { Text: { } refusal })
        {
            examination.Found(
                Checks.PermissionUnknown, "ACL DRYRUN", refusal, "an answer",
                "Missing permissions would only be found when they are used: as an administrator run " +
                $"`ACL SETUSER {User} \"+acl|dryrun\"`, {Persist}.");
            return;
        }

        examination.Looked(Checks.Command, Checks.Permission, Checks.PermissionUnknown);
        foreach (var rule in answers.Where(answer => IsUnknown(answer.Text)).Select(answer => answer.Rule).Distinct())
            NoteUnknown(rule, examination);
        var denied = answers.Where(answer => answer.Text != "OK" && !IsUnknown(answer.Text)).ToList();
        if (denied.Count > 0) NoteDenied(denied, examination);
    }

    /// <summary>A command that was refused when it was used.</summary>
    /// <param name="rule">What permits it: <c>+config|get</c>.</param>
    /// <param name="refusal">What the server said.</param>
    /// <param name="examination">Takes the finding.</param>
    internal static void NoteRefused(string rule, string refusal, Examination examination)
    {
        if (refusal.Contains("unknown command", StringComparison.OrdinalIgnoreCase)) NoteUnknown(rule, examination);
        else NoteDenied([(rule, refusal)], examination);
    }

    private static void NoteDenied(List<(string Rule, string Text)> denied, Examination examination)
    {
        var commands = denied.Where(answer => !Key().IsMatch(answer.Text)).Select(answer => answer.Rule).Distinct();
        var keys = denied.Select(answer => Key().Match(answer.Text)).Where(match => match.Success)
            .Select(match => Pattern(match.Groups["key"].Value)).Distinct();
        var rules = commands.Concat(keys.Select(key => "~" + key)).ToList();
        var quoted = string.Join(" ", rules.Select(rule => $"\"{rule}\""));
        examination.Found(
            Checks.Permission, $"the permissions of user {User}", denied[0].Text,
            $"{string.Join(" ", rules)} permitted",
            $"As an administrator run `ACL SETUSER {User} {quoted}`, {Persist}.");
    }

    private static void NoteUnknown(string rule, Examination examination) => examination.Found(
        Checks.Command, rule.TrimStart('+').Split('|')[0].ToUpperInvariant(), "unknown to this server",
        "the command under its own name",
        "Remove the line rename-command from the server's configuration and restart it; to keep others from using " +
        "the command, take its permission from their users.");

    /// <summary>Every key of ours beside the streams begins alike.</summary>
    private static string Pattern(string key) =>
        key.StartsWith("tradeos:", StringComparison.Ordinal) ? "tradeos:*" : key;

    private static bool IsRefusal(string answer) =>
        answer.StartsWith("NOPERM", StringComparison.Ordinal) ||
        answer.Contains("unknown command", StringComparison.OrdinalIgnoreCase) ||
        answer.Contains("unknown subcommand", StringComparison.OrdinalIgnoreCase);

    private static bool IsUnknown(string answer) => answer.Contains("not found", StringComparison.Ordinal);

    private static async Task<(string Rule, string Text)> AskAsync(
        ControlConnection connection, IReadOnlyList<string> command)
    {
        try
        {
            object[] question = ["DRYRUN", User, .. command];
            return (RedisPermissions.Rule(command), (string?)await connection.ExecuteAsync("ACL", question) ?? "");
        }
        catch (RedisServerException refusal)
        {
            return (RedisPermissions.Rule(command), refusal.Message);
        }
    }

    [GeneratedRegex("access the '(?<key>[^']+)' key")]
    private static partial Regex Key();
}

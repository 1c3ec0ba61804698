namespace TradeOs.Bus;

/// <summary>Looks for everything about a server that could make it lose what it has acknowledged.</summary>
public static class DurabilityCheck
{
    /// <summary>Examines a server; empty when all is well, notes aside. Changes nothing.</summary>
    /// <exception cref="BusUnavailableException">The server went away.</exception>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(ControlConnection connection)
    {
        var examination = new Examination();
        await ExamineAsync(connection, examination);
        return [.. examination.Findings.Where(finding => finding.Check.Severity != FindingSeverity.Note)];
    }

    /// <summary>Examines a server: its settings, its state, and who can reach it. Changes nothing.</summary>
    /// <returns>What it said, for those who look further.</returns>
    /// <exception cref="BusUnavailableException">The server went away.</exception>
    public static async Task<ServerFacts> ExamineAsync(ControlConnection connection, Examination examination)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(examination);
        var facts = ServerFacts.Empty;
        var hasFields = await AskAsync("+info", examination, async () =>
            facts = facts with { Fields = await connection.InfoAsync("default") });
        if (hasFields) Judge(FieldRules.All, facts, examination);
        if (facts.IsCluster) return facts;
        var hasSettings = await AskAsync("+config|get", examination, async () =>
            facts = facts with { Settings = await ServerFacts.SettingsAsync(connection, SettingRules.Names) });
        if (hasSettings) Judge(SettingRules.All, facts, examination);
        return hasSettings ? await ExamineExposureAsync(connection, facts, examination) : facts;
    }

    /// <summary>Examines these facts by these rules.</summary>
    internal static void Judge(IReadOnlyList<ServerRule> rules, ServerFacts facts, Examination examination)
    {
        foreach (var rule in rules) rule.Examine(facts, examination);
    }

    private static async Task<ServerFacts> ExamineExposureAsync(
        ControlConnection connection, ServerFacts facts, Examination examination)
    {
        try
        {
            facts = facts with { Connection = await ServerFacts.ConnectionAsync(connection) };
            await ExposureCheck.ExamineAsync(connection.Options, facts, examination);
        }
        catch (RedisServerException refusal)
        {
            // Opening a reader needs the same commands; the examination of permissions says what is missing.
            foreach (var check in (Check[])[Checks.Exposed, Checks.Bind, Checks.Remote])
                examination.Skip(check, refusal.Message);
        }

        return facts;
    }

    /// <summary>A server that may not be asked is not trusted.</summary>
    private static async Task<bool> AskAsync(string rule, Examination examination, Func<Task> ask)
    {
        try
        {
            await ask();
            return true;
        }
        catch (RedisServerException refusal)
        {
            PermissionCheck.NoteRefused(rule, refusal.Message, examination);
            return false;
        }
    }
}

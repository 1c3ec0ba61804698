
namespace TradeOs.Bus;

/// <summary>Looks for everything that could make a server lose what it has acknowledged.</summary>
public static class DurabilityCheck
{
    private static readonly string[] Sections = ["server", "replication", "persistence"];

    /// <summary>Examines a server; empty when all is well. Changes nothing.</summary>
    /// <exception cref="BusUnavailableException">The server went away.</exception>
    public static async Task<IReadOnlyList<DurabilityFinding>> ExamineAsync(ControlConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var findings = new List<DurabilityFinding>();
        await ExamineAsync("CONFIG", findings, async () =>
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var setting in DurabilityRule.OfConfig.Select(rule => rule.Setting))
                if (await connection.ConfigAsync(setting) is { } value) values[setting] = value;
            return Judge(DurabilityRule.OfConfig, values);
        });
        await ExamineAsync("INFO", findings, async () =>
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var section in Sections)
                foreach (var (field, value) in await connection.InfoAsync(section)) values[field] = value;
            return Judge(DurabilityRule.OfInfo, values);
        });
        return findings;
    }

    /// <summary>The findings of these rules about these values, in the order of the rules.</summary>
    internal static IEnumerable<DurabilityFinding> Judge(
        IReadOnlyList<DurabilityRule> rules, IReadOnlyDictionary<string, string> values) =>
        rules.Select(rule => rule.Judge(values.GetValueOrDefault(rule.Setting))).OfType<DurabilityFinding>();

    private static async Task ExamineAsync(
        string command, List<DurabilityFinding> findings, Func<Task<IEnumerable<DurabilityFinding>>> examine)
    {
        try
        {
            findings.AddRange(await examine());
        }
        catch (RedisServerException refusal)
        {
            findings.Add(new DurabilityFinding(
                DurabilitySeverity.Fatal, command, refusal.Message, "an answer",
                $"A server whose settings cannot be read is not trusted: permit {command} to the 'default' user " +
                $"(ACL SETUSER default +{command.ToLowerInvariant()}) and do not rename it."));
        }
    }
}

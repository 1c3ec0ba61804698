using System.Globalization;

namespace TradeOs.Bus;

/// <summary>What the settings of a server must be; they are read by CONFIG GET.</summary>
internal static class SettingRules
{
    /// <summary>Connections a host takes while it starts, with some for the people who look.</summary>
    private const int ClientsFreeMin = 32;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ServerRule> All { get; } =
    [
        new(
            Checks.AppendOnly, "appendonly", "yes", ServerRule.Value("appendonly"), (value, _) => value == "yes",
            facts => "Run `CONFIG SET appendonly yes`, wait until INFO persistence says aof_rewrite_in_progress:0, " +
                $"{facts.Persist}. Never only edit its file: a server that has data would start empty."),
        ServerRule.Setting(Checks.AppendFsync, "appendfsync", "always"),
        ServerRule.Setting(Checks.FsyncOnRewrite, "no-appendfsync-on-rewrite", "no"),
        ServerRule.Setting(
            Checks.MaxMemoryPolicy, "maxmemory-policy", "noeviction", " Any other policy drops whole streams."),
        new(
            Checks.MinReplicas, "min-replicas-to-write", "no more than the replicas that are connected",
            ServerRule.Value("min-replicas-to-write"), AreReplicasThere,
            facts => "Nothing is written while replicas are away: bring them back, or run " +
                $"`CONFIG SET min-replicas-to-write 0`, {facts.Persist}."),
        new(
            Checks.Save, "save", "an empty value", ServerRule.Value("save"), (value, _) => value.Length == 0,
            facts => $"Run `CONFIG SET save \"\"`, {facts.Persist}: a running snapshot delays the rewrite after a " +
                "restart, and one that fails makes the server refuse every write."),
        new(
            Checks.LoadTruncated, "aof-load-truncated", "no, with redis-check-aof --fix before each start",
            ServerRule.Value("aof-load-truncated"), (value, _) => value == "no",
            _ => "A torn file is rewritten before our first write. Only what other programs write before that may be " +
                "lost at the next restart; docs/DOCTOR.md shows a start that leaves no such moment."),
        new(
            Checks.MaxMemory, "used_memory", "at most nine tenths of maxmemory",
            facts => facts.Fields.GetValueOrDefault("used_memory"), HasMemory,
            facts => "At maxmemory every writer waits: run `CONFIG SET maxmemory " +
                $"{(2 * facts.Number("used_memory") ?? 0).ToString(CultureInfo.InvariantCulture)}`, {facts.Persist}, " +
                "if the machine has that memory, or lower Streams:NAME:MaxLength."),
        new(
            Checks.MaxClients, "connected_clients", $"at least {ClientsFreeMin} fewer than maxclients",
            facts => facts.Fields.GetValueOrDefault("connected_clients"), HasClients,
            facts => "A host that reconnects would find no place: run `CONFIG SET maxclients 10000`, " +
                $"{facts.Persist}, or look with `CLIENT LIST` who holds so many connections."),
        new(
            Checks.OutputBuffer, "client-output-buffer-limit",
            $"no limit of normal clients below {DataConnection.ReplyBytesMax}",
            ServerRule.Value("client-output-buffer-limit"), (value, _) => TakesLargeAnswers(value),
            facts => "A reader that catches up would be cut off again and again: run " +
                $"`CONFIG SET client-output-buffer-limit \"normal 0 0 0\"`, {facts.Persist}."),
    ];

    /// <summary>Settings to read, those of other rules included.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. All.Select(rule => rule.Where).Except(["used_memory", "connected_clients"]),
        "maxmemory", "maxclients", "bind", "protected-mode", "port", "tls-port", "dir", "appenddirname",
    ];

    private static bool AreReplicasThere(string value, ServerFacts facts) =>
        value == "0" || facts.Number("min_slaves_good_slaves") >= facts.Setting("min-replicas-to-write");

    private static bool HasMemory(string value, ServerFacts facts) =>
        facts.Setting("maxmemory") is 0 or null || facts.Number("used_memory") <= facts.Setting("maxmemory") / 10 * 9;

    private static bool HasClients(string value, ServerFacts facts) =>
        facts.Number("connected_clients") + ClientsFreeMin <= facts.Setting("maxclients");

    /// <summary>Classes of clients, each with a hard limit, a soft limit and its seconds; 0 is none.</summary>
    private static bool TakesLargeAnswers(string value)
    {
        var words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var normal = Array.IndexOf(words, "normal");
        return normal < 0 || words.Skip(normal + 1).Take(2).All(word =>
            long.TryParse(word, out var limit) && (limit == 0 || limit >= DataConnection.ReplyBytesMax));
    }
}

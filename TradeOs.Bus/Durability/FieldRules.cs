namespace TradeOs.Bus;

/// <summary>What the fields of INFO must be.</summary>
internal static class FieldRules
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ServerRule> All { get; } =
    [
        new(
            Checks.ServerVersion, "redis_version", "7.0 or newer",
            facts => facts.Fields.GetValueOrDefault("redis_version"),
            (value, _) => Version.TryParse(value, out var version) && version.Major >= 7,
            _ => "Upgrade the server: streams of older ones do not count what was ever added."),
        ServerRule.Field(
            Checks.Cluster, "redis_mode", "standalone",
            "Use a single server: one commit touches keys of several cluster slots."),
        ServerRule.Field(
            Checks.Replica, "role", "master",
            "Point Redis:Endpoint at the primary; or, if this server is to be the primary, run " +
            "`REPLICAOF NO ONE`."),
        ServerRule.Field(Checks.Loading, "loading", "0", "Wait until it has loaded its data."),
        ServerRule.Field(
            Checks.AofDisabled, "aof_enabled", "1",
            "The append-only file is not written. If appendonly says yes all the same, look into the server's log " +
            "and restart it."),
        ServerRule.Field(
            Checks.WritesRefused, "aof_last_write_status", "ok",
            "The last write of the append-only file failed: look into the server's log, make room on its disk."),
        ServerRule.Field(
            Checks.Rewrite, "aof_last_bgrewrite_status", "ok",
            "The last rewrite failed: look into the server's log, make room on its disk, then run `BGREWRITEAOF`."),
    ];
}

using System.Net;

namespace TradeOs.Bus;

/// <summary>What one setting, or one field of INFO, must be.</summary>
internal sealed record DurabilityRule(
    DurabilitySeverity Severity, string Setting, string Expected, Func<string, bool> IsGood, string Cure)
{
    private const string ValueWhenAbsent = "(absent)";

    /// <summary>Settings read by CONFIG GET.</summary>
    public static IReadOnlyList<DurabilityRule> OfConfig { get; } =
    [
        Fatal("appendonly", "yes", "Run CONFIG SET appendonly yes, wait for aof_rewrite_in_progress:0, then run " +
            "CONFIG REWRITE. Never only edit redis.conf: a server that has data would start empty."),
        Fatal("appendfsync", "always", "Run CONFIG SET appendfsync always, then CONFIG REWRITE."),
        Fatal("no-appendfsync-on-rewrite", "no", "Run CONFIG SET no-appendfsync-on-rewrite no, then CONFIG REWRITE."),
        Fatal("maxmemory-policy", "noeviction",
            "Run CONFIG SET maxmemory-policy noeviction, then CONFIG REWRITE: any other policy drops whole streams."),
        new(DurabilitySeverity.Warning, "bind", "loopback addresses only", IsLoopbackOnly,
            "Set bind 127.0.0.1 -::1 in redis.conf and restart it, or guard it with a password and a firewall."),
        new(DurabilitySeverity.Warning, "save", "an empty value", IsEmpty,
            "Run CONFIG SET save \"\", then CONFIG REWRITE: a running snapshot delays the rewrite after a restart."),
    ];

    /// <summary>Fields read by INFO.</summary>
    public static IReadOnlyList<DurabilityRule> OfInfo { get; } =
    [
        new(DurabilitySeverity.Fatal, "redis_version", "7.0 or newer", IsVersionKnown,
            "Upgrade the server: streams of older ones do not count what was ever added."),
        Fatal("redis_mode", "standalone", "Use a single server: one commit touches keys of several cluster slots."),
        Fatal("role", "master",
            "Point Redis:Endpoint at the primary, or run REPLICAOF NO ONE if this server is to be the primary."),
        Fatal("loading", "0", "Wait until it has loaded its data."),
        Fatal("aof_enabled", "1",
            "The append-only file is not written, whatever appendonly says: look into the server's log, restart it."),
        Fatal("aof_last_write_status", "ok",
            "The last write of the append-only file failed: look into the server's log, free space on its disk."),
        new(DurabilitySeverity.Warning, "aof_last_bgrewrite_status", "ok", value => value == "ok",
            "The last rewrite failed: look into the server's log, free space on its disk, then run BGREWRITEAOF."),
    ];

    /// <summary>The finding for this value; null when it is good.</summary>
    /// <param name="found">Null when the server does not have it.</param>
    public DurabilityFinding? Judge(string? found) => found is not null && IsGood(found)
        ? null
        : new DurabilityFinding(Severity, Setting, found ?? ValueWhenAbsent, Expected, Cure);

    private static DurabilityRule Fatal(string setting, string expected, string cure) =>
        new(DurabilitySeverity.Fatal, setting, expected, value => value == expected, cure);

    /// <summary>An empty bind listens everywhere; a leading minus only means that the address may be missing.</summary>
    private static bool IsLoopbackOnly(string bind) => bind.Length > 0 && bind.Split(' ').All(word =>
        word == "localhost" ||
        (IPAddress.TryParse(word.TrimStart('-'), out var address) && IPAddress.IsLoopback(address)));

    private static bool IsEmpty(string value) => value.Length == 0;

    private static bool IsVersionKnown(string version) =>
        Version.TryParse(version, out var parsed) && parsed.Major >= 7;
}

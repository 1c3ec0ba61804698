namespace TradeOs.Bus;

/// <summary>Everything the application asks of Redis: what its user must be permitted, and nothing more.</summary>
/// <remarks>
/// Each line is a whole command with sample arguments, as <c>ACL DRYRUN default COMMAND ...</c> takes it. The ACL file
/// under deploy/ is held against this list by a test; doctor asks a server about each line.
/// </remarks>
public static class RedisPermissions
{
    /// <summary>How a permission is given: a rule such as <c>+xadd</c> or <c>~fills</c> follows.</summary>
    public const string SetUser = "ACL SETUSER default";

    private const string Reader = "reader";
    private const string Nothing = "0000000000000000000000000000000000000000";

    /// <summary>Commands that are permitted by their second word.</summary>
    private static readonly HashSet<string> Containers =
        ["ACL", "CLIENT", "CLUSTER", "CONFIG", "MEMORY", "SCRIPT", "XGROUP", "XINFO"];

    /// <summary>The commands of the pipeline and of every verb, on these streams.</summary>
    /// <param name="streams">Names of the streams of the topology; at least one.</param>
    /// <returns>Commands, the first word of each its name; a key is asked about once for reading and writing.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Needed(IEnumerable<string> streams)
    {
        var all = streams.ToArray();
        ArgumentOutOfRangeException.ThrowIfZero(all.Length);
        return
        [
            .. Server, .. Keys, .. Scripts(all[0]), .. Reading(all[0]), .. Groups(all[0]),
            .. all.Select(stream => (string[])["XADD", stream, "*", "name", "value"]),
            .. all.Select(stream => (string[])["XRANGE", stream, "-", "+", "COUNT", "1"]),
        ];
    }

    /// <summary>The rule that permits a command, e.g. <c>+xadd</c> or <c>+xinfo|stream</c>.</summary>
    public static string Rule(IReadOnlyList<string> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var name = Containers.Contains(command[0]) ? $"{command[0]}|{command[1]}" : command[0];
        return "+" + name.ToLowerInvariant();
    }

    /// <summary>Who we are, what the server is, and the rewrite after its restart.</summary>
    private static string[][] Server =>
    [
        ["PING"], ["ECHO", "text"], ["SELECT", "0"], ["INFO", "server"], ["CONFIG", "GET", "appendonly"],
        ["BGREWRITEAOF"],
        ["CLIENT", "ID"], ["CLIENT", "SETNAME", "tradeos:reader"], ["CLIENT", "LIST", "ID", "1"],
        ["CLIENT", "KILL", "ID", "1"], ["CLUSTER", "NODES"], ["ACL", "DRYRUN", "default", "PING"],
    ];

    /// <summary>Checkpoints, states and the single keys beside the streams; WATCH fences a reader.</summary>
    private static string[][] Keys =>
    [
        ["WATCH", RedisKeys.Checkpoint(Reader)], ["MULTI"], ["EXEC"],
        ["HSET", RedisKeys.Checkpoint(Reader), "epoch", "1"], ["HGET", RedisKeys.Checkpoint(Reader), "epoch"],
        ["HMGET", RedisKeys.Checkpoint(Reader), "epoch"], ["HMGET", RedisKeys.Host, "epoch"],
        ["HGETALL", RedisKeys.State(Reader)], ["HDEL", RedisKeys.State(Reader), "key"],
        ["HLEN", RedisKeys.State(Reader)],
        ["SADD", RedisKeys.Readers, Reader], ["SISMEMBER", RedisKeys.Readers, Reader],
        ["SMEMBERS", RedisKeys.Outside], ["SREM", RedisKeys.Outside, Reader], ["SREM", RedisKeys.Readers, Reader],
        ["GET", RedisKeys.Control], ["SET", RedisKeys.Control, "text"],
        ["SET", RedisKeys.Instance, "id", "NX"], ["SET", RedisKeys.Sealed, "run_id"],
        ["EXISTS", RedisKeys.Host], ["TYPE", RedisKeys.Control],
    ];

    private static string[][] Scripts(string stream) =>
    [
        ["SCRIPT", "LOAD", "return"], ["EVALSHA", Nothing, "2", RedisKeys.Checkpoint(Reader), stream],
        ["EVAL", "return", "1", stream],
    ];

    private static string[][] Reading(string stream) =>
    [
        ["XREAD", "COUNT", "1", "STREAMS", stream, "0"], ["XREVRANGE", stream, "+", "-", "COUNT", "1"],
        ["XINFO", "STREAM", stream], ["XINFO", "GROUPS", stream], ["XINFO", "CONSUMERS", stream, Reader],
        ["XLEN", stream], ["XTRIM", stream, "MAXLEN", "=", "1"],
        ["MEMORY", "USAGE", stream],
    ];

    private static string[][] Groups(string stream) =>
    [
        ["XGROUP", "CREATE", stream, Reader, "0", "MKSTREAM"], ["XGROUP", "DESTROY", stream, Reader],
        ["XGROUP", "SETID", stream, Reader, "0"], ["XACK", stream, Reader, "0"],
        ["XREADGROUP", "GROUP", Reader, Reader, "COUNT", "1", "STREAMS", stream, ">"],
        ["XPENDING", stream, Reader], ["XAUTOCLAIM", stream, Reader, Reader, "0", "0", "JUSTID"],
    ];
}

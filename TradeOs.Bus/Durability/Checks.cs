using System.Collections.Immutable;

namespace TradeOs.Bus;

/// <summary>Everything that is looked at, in the order it is shown. A test holds docs/DOCTOR.md against it.</summary>
public static class Checks
{
    private static readonly List<Check> Known = [];

    /// <summary>A server that answers, but only with LOADING.</summary>
    public static Check Loading { get; } = Fatal("loading");

    /// <summary>A server that refuses to write, because its disk did.</summary>
    public static Check WritesRefused { get; } = Fatal("writes-refused");

    /// <summary>A server that a script, or a primary that is away, keeps from answering.</summary>
    public static Check Busy { get; } = Fatal("busy");

    /// <summary>A command without which the server cannot be judged, or used.</summary>
    public static Check Command { get; } = Fatal("command");

    /// <summary>Everything the application asks is permitted to its user.</summary>
    public static Check Permission { get; } = Fatal("permission");

    /// <summary>Whether the user may ask what it is permitted.</summary>
    public static Check PermissionUnknown { get; } = Warning("permission-unknown");

    /// <summary>Version of the server.</summary>
    public static Check ServerVersion { get; } = Fatal("version");

    /// <summary>A single server, no cluster.</summary>
    public static Check Cluster { get; } = Fatal("cluster");

    /// <summary>A primary, no replica.</summary>
    public static Check Replica { get; } = Fatal("replica");

    /// <summary>Writes that wait for replicas which are away.</summary>
    public static Check MinReplicas { get; } = Fatal("min-replicas");

    /// <summary>The append-only file is asked for.</summary>
    public static Check AppendOnly { get; } = Fatal("appendonly");

    /// <summary>The append-only file is written.</summary>
    public static Check AofDisabled { get; } = Fatal("aof-disabled");

    /// <summary>An answer means that the disk has it.</summary>
    public static Check AppendFsync { get; } = Fatal("appendfsync");

    /// <summary>Also while the file is rewritten.</summary>
    public static Check FsyncOnRewrite { get; } = Fatal("no-appendfsync-on-rewrite");

    /// <summary>Nothing is evicted.</summary>
    public static Check MaxMemoryPolicy { get; } = Fatal("maxmemory-policy");

    /// <summary>A port open to the network without a password.</summary>
    public static Check Exposed { get; } = Fatal("exposed");

    /// <summary>A port open to the network that a password or protected mode guards.</summary>
    public static Check Bind { get; } = Warning("bind");

    /// <summary>A server on another machine.</summary>
    public static Check Remote { get; } = Warning("remote");

    /// <summary>Snapshots.</summary>
    public static Check Save { get; } = Warning("save");

    /// <summary>What the server does with a torn append-only file.</summary>
    public static Check LoadTruncated { get; } = Note("aof-load-truncated");

    /// <summary>How the last rewrite of the append-only file ended.</summary>
    public static Check Rewrite { get; } = Warning("aof-rewrite");

    /// <summary>Room below maxmemory.</summary>
    public static Check MaxMemory { get; } = Warning("maxmemory");

    /// <summary>Room below maxclients.</summary>
    public static Check MaxClients { get; } = Warning("maxclients");

    /// <summary>Whether a large answer gets through.</summary>
    public static Check OutputBuffer { get; } = Warning("client-output-buffer-limit");

    /// <summary>Redis:AllowRelaxedDurability.</summary>
    public static Check Relaxed { get; } = Warning("relaxed");

    /// <summary>The server's clock against ours.</summary>
    public static Check Clock { get; } = Warning("clock");

    /// <summary>Room on the server's disk.</summary>
    public static Check FreeDisk { get; } = Warning("free-disk");

    /// <summary>A disk that is memory.</summary>
    public static Check MemoryDisk { get; } = Warning("memory-disk");

    /// <summary>Whether the kernel lets the server fork.</summary>
    public static Check Overcommit { get; } = Warning("overcommit");

    /// <summary>The id that pairs server and data directory.</summary>
    public static Check Instance { get; } = Fatal("instance");

    /// <summary>A second host on this server.</summary>
    public static Check SecondHost { get; } = Warning("second-host");

    /// <summary>A key of ours that holds another type.</summary>
    public static Check KeyType { get; } = Fatal("key-type");

    /// <summary>A reader that was opened has its checkpoint.</summary>
    public static Check CheckpointMissing { get; } = Fatal("checkpoint-missing");

    /// <summary>The fields of a checkpoint can be read.</summary>
    public static Check CheckpointUnreadable { get; } = Fatal("checkpoint-unreadable");

    /// <summary>The state is of a version this program knows.</summary>
    public static Check StateVersion { get; } = Fatal("state-version");

    /// <summary>A stream in use is there.</summary>
    public static Check StreamMissing { get; } = Fatal("stream-missing");

    /// <summary>The name of a stream holds a stream.</summary>
    public static Check StreamType { get; } = Fatal("stream-type");

    /// <summary>A stream that can take no further id.</summary>
    public static Check LargestId { get; } = Fatal("largest-id");

    /// <summary>Entries gone before their reader read them.</summary>
    public static Check VanishedEntries { get; } = Fatal("vanished-entries");

    /// <summary>A reader that read more than was ever appended.</summary>
    public static Check CountAhead { get; } = Fatal("count-ahead");

    /// <summary>The consumer group of a reader.</summary>
    public static Check GroupMissing { get; } = Fatal("group-missing");

    /// <summary>Pending entries that are still there.</summary>
    public static Check PendingGone { get; } = Fatal("pending-gone");

    /// <summary>Somebody else reads in our group.</summary>
    public static Check ConsumerUnknown { get; } = Warning("consumer-unknown");

    /// <summary>A consumer group of another program.</summary>
    public static Check GroupUnknown { get; } = Note("group-unknown");

    /// <summary>Entries gone before an outside reader was done with them.</summary>
    public static Check OutsideLost { get; } = Warning("outside-lost");

    /// <summary>An outside reader that is waited for no longer.</summary>
    public static Check OutsideReleased { get; } = Warning("outside-released");

    /// <summary>An outside reader that cannot be followed.</summary>
    public static Check OutsideUnfollowed { get; } = Warning("outside-unfollowed");

    /// <summary>All of them.</summary>
    public static ImmutableArray<Check> All { get; } = [.. Known];

    private static Check Fatal(string code) => Register(code, FindingSeverity.Fatal);

    private static Check Warning(string code) => Register(code, FindingSeverity.Warning);

    private static Check Note(string code) => Register(code, FindingSeverity.Note);

    private static Check Register(string code, FindingSeverity severity)
    {
        var check = new Check(code, severity);
        Known.Add(check);
        return check;
    }
}

namespace TradeOs.Host;

/// <summary>Where a managed server keeps what: all of it in <c>redis/</c> under the data directory.</summary>
/// <param name="dataDirectory">The data directory.</param>
public sealed class ManagedPaths(string dataDirectory)
{
    /// <summary>Working directory of the server.</summary>
    public string Directory { get; } = Path.Combine(RealPath(Path.GetFullPath(dataDirectory)), "redis");

    /// <summary>Its configuration, written anew before each start.</summary>
    public string Configuration => Path.Combine(Directory, "redis.conf");

    /// <summary>Its log.</summary>
    public string Log => Path.Combine(Directory, "redis.log");

    /// <summary>File that names its process while it runs.</summary>
    public string ProcessId => Path.Combine(Directory, "redis.pid");

    /// <summary>Locked while somebody starts it: two hosts must not repair and start at once.</summary>
    public string StartLock => Path.Combine(Directory, "start.lock");

    /// <summary>Directory of its append-only files.</summary>
    public string AppendOnly => Path.Combine(Directory, "appendonlydir");

    /// <summary>Names the append-only files, oldest first.</summary>
    public string Manifest => Path.Combine(AppendOnly, "appendonly.aof.manifest");

    /// <summary>Whether a server that works in this directory is the managed one.</summary>
    public bool IsOurs(string directory) => directory == Directory;

    /// <summary>Last lines of the server's log, indented.</summary>
    public string LogTail() => !File.Exists(Log)
        ? "  (no log)"
        : string.Join('\n', File.ReadLines(Log).TakeLast(8).Select(line => "  " + line));

    /// <summary>The path without symbolic links, as the server reports it.</summary>
    private static string RealPath(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent) return path;
        var real = Path.Combine(RealPath(parent), Path.GetFileName(path));
        return new DirectoryInfo(real) is { LinkTarget: not null } link
            ? RealPath(link.ResolveLinkTarget(returnFinalTarget: true)!.FullName)
            : real;
    }
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The redis.conf of a managed server.</summary>
public static class ManagedConfiguration
{
    /// <summary>Writes it, readable by its owner only: it may hold the password.</summary>
    public static void Write(RedisOptions options, ManagedPaths paths)
    {
        var access = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = paths.Configuration + ".new";
        File.Delete(draft);
        using (var writer = new StreamWriter(draft, access)) writer.Write(TextOf(options, paths));
        File.Move(draft, paths.Configuration, overwrite: true);
    }

    /// <summary>Its text.</summary>
    /// <remarks>
    /// No snapshots: one in progress would delay a rewrite. A truncated file is not loaded, because loading one torn
    /// inside a transaction loses what is appended behind it; it is repaired before each start instead.
    /// </remarks>
    public static string TextOf(RedisOptions options, ManagedPaths paths)
    {
        var (host, port) = (options.Address.Host, options.Address.Port);
        string[] lines =
        [
            "# Written by tradeos before each start; changes made here are lost.",
            $"bind {(host is "localhost" or "127.0.0.1" ? "127.0.0.1 -::1" : host)}",
            $"port {port}",
            "protected-mode yes",
            $"daemonize {(OperatingSystem.IsWindows() ? "no" : "yes")}",
            $"dir {Quote(paths.Directory)}",
            $"pidfile {Quote(paths.ProcessId)}",
            $"logfile {Quote(paths.Log)}",
            "appendonly yes",
            "appendfsync always",
            "no-appendfsync-on-rewrite no",
            "aof-load-truncated no",
            "save \"\"",
            "maxmemory-policy noeviction",
            .. options.Password.Length > 0 ? [$"requirepass {Quote(options.Password)}"] : Array.Empty<string>(),
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static string Quote(string value) => "\"" + value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal) + "\"";
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The programs a managed server needs.</summary>
/// <param name="Server">Path of <c>redis-server</c>.</param>
/// <param name="CheckAof">Path of <c>redis-check-aof</c>.</param>
public sealed record ServerBinaries(string Server, string CheckAof)
{
    /// <summary>Finds both: the server where the options say or in PATH, the check beside it or in PATH.</summary>
    /// <param name="serverPath">Path of the server; empty looks in PATH.</param>
    /// <param name="searchPath">Value of PATH.</param>
    /// <exception cref="RefusedException">One is missing; the message says what to install or set.</exception>
    public static ServerBinaries Find(string serverPath, string searchPath)
    {
        var folders = searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var server = serverPath.Length > 0 ? Existing(serverPath) : First("redis-server", folders);
        if (server is null)
        {
            throw new RefusedException(
                (serverPath.Length > 0
                    ? $"Redis:ServerPath is {serverPath}, and there is no such file. "
                    : "redis-server was not found in PATH, and a managed Redis needs it. ") +
                "Install it (Debian, Ubuntu: apt-get install redis-server), set Redis:ServerPath to the binary, or " +
                "set Redis:Mode to External and Redis:Endpoint to a server that runs.");
        }

        var beside = Path.GetDirectoryName(server)!;
        return new ServerBinaries(server, First("redis-check-aof", [beside, .. folders]) ?? throw new RefusedException(
            $"redis-check-aof was found neither beside {server} nor in PATH, and every start of a managed Redis " +
            "needs it to repair what a crash has torn. Install it (Debian, Ubuntu: apt-get install redis-tools)."));
    }

    private static string? First(string name, IEnumerable<string> folders) => folders
        .Select(folder => Existing(Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
        .FirstOrDefault(path => path is not null);

    private static string? Existing(string path) => File.Exists(path) ? Path.GetFullPath(path) : null;
}

using System.Diagnostics;
using System.Globalization;

namespace TradeOs.Host;

/// <summary>A process that is not our child: the daemonized server.</summary>
/// <remarks>
/// On Linux /proc is read, because a process that ended and that nobody waited for still looks alive to a signal.
/// The start time tells it from a later process with the same id.
/// </remarks>
public sealed class ServerProcess
{
    private ServerProcess(int id, string startTime) => (Id, StartTime) = (id, startTime);

    /// <summary>Process id.</summary>
    public int Id { get; }

    /// <summary>When it started, as the machine counts; tells it from another process with its id.</summary>
    public string StartTime { get; }

    /// <summary>Whether it still runs.</summary>
    public bool IsAlive => StartTimeOf(Id) == StartTime;

    /// <summary>The process with this id; null when none runs.</summary>
    public static ServerProcess? Find(int id) => StartTimeOf(id) is { } start ? new ServerProcess(id, start) : null;

    /// <summary>The server that runs in a directory, by its pid file; null when none does.</summary>
    public static ServerProcess? FindIn(ManagedPaths paths)
    {
        if (!int.TryParse(ReadOrEmpty(paths.ProcessId), CultureInfo.InvariantCulture, out var id)) return null;
        return !OperatingSystem.IsLinux() || new DirectoryInfo($"/proc/{id}/cwd").LinkTarget == paths.Directory
            ? Find(id)
            : null;
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        if (!IsAlive) return;
        using var process = Process.GetProcessById(Id);
        process.Kill();
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Whether it has, in time.</returns>
    public async Task<bool> WaitForEndAsync(
        TimeSpan interval, TimeSpan waitMax, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (IsAlive)
        {
            if (waitMax != Timeout.InfiniteTimeSpan && time.GetElapsedTime(started) > waitMax) return false;
            await Task.Delay(interval, time, cancellationToken);
        }

        return true;
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return "";
        }
    }

    private static string? StartTimeOf(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux()) return StartTimeOf(File.ReadAllText($"/proc/{id}/stat"));
            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : process.StartTime.Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Field 22 of /proc/ID/stat (proc(5)), unless field 3 says that it is a zombie or dead.</summary>
    private static string? StartTimeOf(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : fields[19];
    }
}

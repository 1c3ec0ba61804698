using TradeOs.Bus;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>Looks at the machine a server runs on, when that is this one: its disk and its memory.</summary>
/// <param name="freeDiskMin">Free bytes below which there is a finding.</param>
/// <param name="kernel">Where the kernel shows itself; tests give a directory of their own.</param>
internal sealed class MachineExamination(long freeDiskMin, string kernel = "/proc")
{
    private const string Elsewhere = "the server is not on this machine, or in a container";

    /// <summary>Examines what can be seen from here.</summary>
    public void Examine(ServerFacts facts, Examination examination)
    {
        if (facts.IsOnThisMachine && DirectoryOf(facts) is { } directory) ExamineDisk(directory, facts, examination);
        else Skip(examination, Elsewhere, Checks.FreeDisk, Checks.MemoryDisk);
        if (facts.IsOnThisMachine) ExamineMemory(facts, examination);
        else Skip(examination, Elsewhere, Checks.Overcommit);
    }

    private static string? DirectoryOf(ServerFacts facts)
    {
        if (!facts.Settings.TryGetValue("dir", out var directory)) return null;
        var files = Path.Combine(directory, facts.Settings.GetValueOrDefault("appenddirname", "appendonlydir"));
        return Directory.Exists(files) ? files : Directory.Exists(directory) ? directory : null;
    }

    /// <summary>Kind of the file system a directory is on; null where the system does not tell, as where its mount is
    /// out of sight.</summary>
    internal static string? FileSystemOf(string directory)
    {
        try
        {
            return new DriveInfo(directory).DriveFormat;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void ExamineDisk(string directory, ServerFacts facts, Examination examination)
    {
        var disk = new DriveInfo(directory);
        var needed = Math.Max(freeDiskMin, facts.Number("aof_current_size") ?? 0);
        examination.Looked(Checks.FreeDisk);
        if (disk.AvailableFreeSpace < needed)
        {
            examination.Found(
                Checks.FreeDisk, directory, $"{Number(disk.AvailableFreeSpace)} bytes free",
                $"{Number(needed)} bytes or more",
                "On a full disk redis-server ends and the pipeline stops: make room there, move the server's data to " +
                "a larger disk, or lower Redis:FreeDiskMin (it never goes below the size of the append-only file, " +
                "which a rewrite writes a second time).");
        }

        var fileSystem = FileSystemOf(directory);
        if (fileSystem is null) Skip(examination, $"the file system of {directory} is not told", Checks.MemoryDisk);
        else examination.Looked(Checks.MemoryDisk);
        if (fileSystem is not ("tmpfs" or "ramfs")) return;
        examination.Found(
            Checks.MemoryDisk, directory, fileSystem, "a file system on a disk",
            "Everything in it is gone when the machine loses power: move the server's dir to a disk.");
    }

    /// <summary>A rewrite forks; Linux refuses that where it counts the copy in full.</summary>
    private void ExamineMemory(ServerFacts facts, Examination examination)
    {
        var setting = Path.Combine(kernel, "sys", "vm", "overcommit_memory");
        if (!File.Exists(setting))
        {
            Skip(examination, $"{setting} is not there", Checks.Overcommit);
            return;
        }

        examination.Looked(Checks.Overcommit);
        var found = File.ReadAllText(setting).Trim();
        var used = facts.Number("used_memory_rss") ?? 0;
        if (found == "1" || (found == "0" && used < TotalMemory() / 2)) return;
        examination.Found(
            Checks.Overcommit, setting, found, "1",
            $"The server holds {Number(used)} bytes, and the kernel may refuse it a second process to rewrite its " +
            "append-only file, which then only grows: run sysctl vm.overcommit_memory=1 as root, and write it into " +
            "/etc/sysctl.conf.");
    }

    /// <summary>Bytes of memory of this machine; when it is not told, enough for anything.</summary>
    private long TotalMemory()
    {
        var file = Path.Combine(kernel, "meminfo");
        var line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))
            : null;
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is { Length: > 1 } && long.TryParse(words[1], out var kilobytes)
            ? kilobytes * 1024
            : long.MaxValue;
    }

    private static void Skip(Examination examination, string reason, params ReadOnlySpan<Check> checks)
    {
        foreach (var check in checks) examination.Skip(check, reason);
    }
}

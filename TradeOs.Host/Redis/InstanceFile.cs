using System.Text.Json;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>What the data directory remembers of its Redis.</summary>
/// <param name="Id">Id of the installation, the same as in Redis.</param>
/// <param name="Endpoint">Where the server listened last.</param>
/// <param name="Server">Who started it: <c>managed</c> or <c>external</c>.</param>
public sealed record InstanceRecord(string Id, string Endpoint, string Server)
{
    /// <summary>Value of <see cref="Server"/> for a server that TradeOs starts.</summary>
    public const string Managed = "managed";

    /// <summary>Value of <see cref="Server"/> for a server that somebody else runs.</summary>
    public const string External = "external";
}

/// <summary><c>instance.json</c> in a data directory, and the draft that becomes it.</summary>
/// <param name="dataDirectory">The data directory; created when something is written.</param>
public sealed class InstanceFile(string dataDirectory)
{
    private static readonly TimeSpan LockWaitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(20);

    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Path of the file.</summary>
    public string FilePath { get; } = Path.Combine(Path.GetFullPath(dataDirectory), "instance.json");

    /// <summary>Path of the draft: written and synced before Redis is told, renamed after.</summary>
    public string DraftPath => FilePath + ".new";

    /// <summary>Whether an installation or adoption is under way, or was cut short.</summary>
    public bool HasDraft => File.Exists(DraftPath);

    /// <summary>Waits for its turn to change the file, 10 s at most: two hosts may be started at once.</summary>
    /// <param name="time">Clock of the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Gives the turn back when disposed; a host that was killed leaves none behind.</returns>
    /// <exception cref="RefusedException">Another host keeps it; it is frozen, or hangs.</exception>
    public async Task<IDisposable> LockAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        var path = FilePath + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (time.GetElapsedTime(started) > LockWaitMax)
                {
                    throw new RefusedException(
                        $"{path} has been held by another host for {LockWaitMax.TotalSeconds:0} s, expected it to be " +
                        "free in a moment: that host is frozen, or hangs. End it, then start again.");
                }

                await Task.Delay(LockPoll, time, cancellationToken);
            }
        }
    }

    /// <summary>What the file says; null when there is none.</summary>
    /// <exception cref="RefusedException">It cannot be understood.</exception>
    public InstanceRecord? Read() => !File.Exists(FilePath) ? null : Parse(FilePath) ?? throw new RefusedException(
        $"{FilePath}: found \"{File.ReadAllText(FilePath).Trim()}\", expected JSON with id, endpoint and server. " +
        "Restore it from a backup, or remove it and start with --adopt to take the server as it is.");

    /// <summary>What the draft says; null when there is none, or when writing it was cut short.</summary>
    public InstanceRecord? ReadDraft() => HasDraft ? Parse(DraftPath) : null;

    /// <summary>Writes the draft and waits until it is on disk.</summary>
    /// <exception cref="RefusedException">It cannot be written; the file is as it was.</exception>
    public void WriteDraft(InstanceRecord record)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
            using var stream = new FileStream(DraftPath, FileMode.Create, FileAccess.Write, FileShare.None);
            JsonSerializer.Serialize(stream, record, Format);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException failure)
        {
            throw new RefusedException(
                $"{DraftPath} cannot be written: {failure.Message}. Expected room for it, because it tells which " +
                "Redis is ours; nothing was changed. Make room on its disk, then start again.");
        }
    }

    /// <summary>Makes the draft the file.</summary>
    public void PublishDraft() => File.Move(DraftPath, FilePath, overwrite: true);

    /// <summary>Forgets a draft that came to nothing.</summary>
    public void RemoveDraft() => File.Delete(DraftPath);

    private static InstanceRecord? Parse(string path)
    {
        try
        {
            var record = JsonSerializer.Deserialize<InstanceRecord>(File.ReadAllText(path), Format);
            return string.IsNullOrEmpty(record?.Id) ? null : record;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

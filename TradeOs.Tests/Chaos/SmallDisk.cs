using System.Globalization;

namespace TradeOs.Tests.Chaos;

/// <summary>A disk of its own in memory, mounted for one scenario; needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Megabytes = 64;

    private readonly TemporaryDirectory? _own;

    private SmallDisk(string path, TemporaryDirectory? own) => (Path, _own) = (path, own);

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts one; null where this machine does not permit it.</summary>
    /// <param name="path">Where; by default a directory of its own.</param>
    public static async Task<SmallDisk?> MountAsync(string? path = null)
    {
        var own = path is null ? new TemporaryDirectory() : null;
        var size = string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m");
        var mounted = File.Exists("/proc/mounts")
            ? await ChildProcess.RunAsync("mount", "-t", "tmpfs", "-o", size, "tmpfs", path ?? own!.Path)
            : new ChildResult(1, "", "");
        if (mounted.ExitCode == 0) return new SmallDisk(path ?? own!.Path, own);
        own?.Dispose();
        return null;
    }

    /// <summary>Fills it until nothing goes in any more but so many bytes.</summary>
    public void Fill(int leaveBytes)
    {
        var block = new byte[64 * 1024];
        using (var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            for (var count = block.Length; count > 0;)
            {
                try
                {
                    file.Write(block, 0, count);
                }
                catch (IOException)
                {
                    count /= 2;
                }
            }
        }

        using var shortened = new FileStream(Filler, FileMode.Open, FileAccess.Write);
        shortened.SetLength(Math.Max(0, shortened.Length - leaveBytes));
    }

    /// <summary>Makes room again.</summary>
    public void Empty() => File.Delete(Filler);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Lazily: a process that ends a moment later still has files there.
        await ChildProcess.RunAsync("umount", "-l", Path);
        _own?.Dispose();
    }
}

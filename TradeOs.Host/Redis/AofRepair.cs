using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Cuts what a crash has torn off the end of the append-only files, before the server is started.</summary>
/// <remarks>
/// redis-check-aof finds the place. It is not asked to fix: that cuts a file damaged in its middle alike, and it gives
/// up on a file that is not the last one, which a crash during a rewrite leaves behind (redis-server 7.0.15).
/// </remarks>
/// <param name="checkAof">Path of <c>redis-check-aof</c>.</param>
/// <param name="paths">Where the files are. No server may run there.</param>
/// <param name="logger">One line for each file that was cut.</param>
public sealed partial class AofRepair(string checkAof, ManagedPaths paths, ILogger logger)
{
    private const int FilesMax = 16;
    private const int TailBytesMax = 256 * 1024 * 1024;

    /// <summary>Returns once the check finds nothing wrong; at once when there are no files yet.</summary>
    /// <exception cref="RefusedException">A file is damaged: a cut would lose acknowledged writes.</exception>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(paths.Manifest)) return;
        for (var file = 0; file < FilesMax; file++)
        {
            var (exitCode, output) = await CheckAsync(cancellationToken);
            if (exitCode == 0) return;
            Cut(output);
        }

        throw Damaged($"it is torn in over {FilesMax} files");
    }

    private async Task<(int ExitCode, string Output)> CheckAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(checkAof, [paths.Manifest])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        using var check = Process.Start(start) ?? throw new RefusedException($"{checkAof} could not be started.");
        check.StandardInput.Close();
        var error = check.StandardError.ReadToEndAsync(cancellationToken);
        var output = await check.StandardOutput.ReadToEndAsync(cancellationToken);
        await check.WaitForExitAsync(cancellationToken);
        return (check.ExitCode, output + await error);
    }

    private void Cut(string output)
    {
        var last = AnalyzedPattern().Matches(output).LastOrDefault();
        if (last is null || Number(last, "diff") <= 0 || IsBase(last.Groups["file"].Value))
            throw Damaged("redis-check-aof says:\n" + Tail(output));
        var path = Path.Combine(paths.AppendOnly, last.Groups["file"].Value);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var (good, torn) = (Number(last, "good"), stream.Length - Number(last, "good"));
        if (torn > TailBytesMax || !TornTail.IsTorn(Read(stream, good, (int)torn)))
        {
            throw Damaged(
                $"{path} is good up to byte {good}, and the {torn} bytes behind are no unfinished write but hold " +
                "commands that were acknowledged. redis-check-aof says:\n" + Tail(output));
        }

        stream.SetLength(good);
        stream.Flush(flushToDisk: true);
        LogCut(logger, path, torn, good);
    }

    private RefusedException Damaged(string found) => new(
        $"{paths.Manifest}: the append-only file of the managed Redis is damaged, expected at most an unfinished " +
        $"write at its end: {found}\nRestore {paths.Directory} from a backup, or cut the damage and all behind it " +
        $"with: redis-check-aof --fix {paths.Manifest}");

    private static byte[] Read(FileStream stream, long start, int count)
    {
        var bytes = new byte[count];
        stream.Position = start;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static long Number(Match match, string group) =>
        long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    /// <summary>A base file is written whole before it is named in the manifest: it is never torn.</summary>
    private static bool IsBase(string file) => file.Contains(".base.", StringComparison.Ordinal);

    private static string Tail(string output) => string.Join(
        '\n', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(4).Select(line => "  " + line));

    /// <summary>As printed by redis-check-aof 7.0.15, once for each file, the one at fault last.</summary>
    [GeneratedRegex(@"AOF analyzed: filename=(?<file>\S+), size=\d+, ok_up_to=(?<good>\d+),.* diff=(?<diff>\d+)")]
    private static partial Regex AnalyzedPattern();

    [LoggerMessage(345, LogLevel.Warning,
        "Repaired {Path} before the start of Redis: cut {Bytes} bytes of an unfinished write, kept {Good}.")]
    private static partial void LogCut(ILogger logger, string path, long bytes, long good);
}

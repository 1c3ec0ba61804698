using TradeOs.Bus;
using static TradeOs.Host.Terminal;

namespace TradeOs.Host;

/// <summary>What <c>archive export</c> was asked for.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="From">First entry.</param>
/// <param name="To">Last entry.</param>
/// <param name="IsTable">Whether a table is wanted.</param>
/// <param name="Out">File to write; null is standard output.</param>
/// <param name="IsOffline">Whether Redis is not asked.</param>
internal sealed record ExportArguments(
    string Stream, EntryId From, EntryId To, bool IsTable, string? Out, bool IsOffline);

/// <summary><c>tradeos archive export</c>: everything there was in a stream, for other programs.</summary>
internal static class ArchiveExportVerb
{
    private const int EntriesOfSaying = 10_000;

    /// <summary>Exports; 2 when Redis, or the file, cannot be reached.</summary>
    public static async Task<int> RunAsync(
        Settings settings, ExportArguments arguments, bool json, CancellationToken cancellationToken)
    {
        try
        {
            var (count, unfit) = await ArchiveLook.WatchedAsync($"Exporting {arguments.Stream}", say =>
                ExportAsync(settings, arguments, say, cancellationToken));
            if (json) WriteJson(Json(arguments, count, unfit));
            else Say("blue", "Exported:", Sentence(arguments, count, unfit));
            return ExitCode.Good;
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or BusUnavailableException)
        {
            var next = failure is BusUnavailableException
                ? $" Without what only Redis holds: tradeos archive export {arguments.Stream} --offline"
                : "";
            Say("red", "tradeos:", failure.Message + next);
            return ExitCode.Usage;
        }
    }

    /// <summary>A file appears whole or not at all.</summary>
    private static async Task<(long Count, long Unfit)> ExportAsync(
        Settings settings, ExportArguments arguments, Action<string> say, CancellationToken cancellationToken)
    {
        using var look = arguments.IsOffline ? null : await BusLook.OpenAsync(settings, cancellationToken);
        var entries = EntriesAsync(settings, arguments, look, cancellationToken);
        if (arguments.Out is not { } path)
        {
            await using var standard = new BufferedStream(Console.OpenStandardOutput(), 64 * 1024);
            return await WriteAsync(arguments, entries, standard, say);
        }

        var draft = path + ".new";
        (long, long) written;
        await using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024))
            written = await WriteAsync(arguments, entries, file, say);
        File.Move(draft, path, overwrite: true);
        return written;
    }

    private static async Task<(long Count, long Unfit)> WriteAsync(
        ExportArguments arguments, IAsyncEnumerable<Entry> entries, Stream output, Action<string> say)
    {
        using var export = new EntryExport(arguments.Stream, arguments.IsTable, output);
        await foreach (var entry in entries)
        {
            export.Write(entry);
            if (export.Count % EntriesOfSaying == 0) say(Number(export.Count));
        }

        return (export.Count, export.Unfit);
    }

    private static IAsyncEnumerable<Entry> EntriesAsync(
        Settings settings, ExportArguments arguments, BusLook? look, CancellationToken cancellationToken)
    {
        var after = StreamHistory.Before(arguments.From);
        if (look is not null)
            return look.History(settings).EntriesAsync(arguments.Stream, after, arguments.To, cancellationToken);
        var folder = new ArchiveFolder(settings.DataDirectory, arguments.Stream);
        if (!folder.Exists) throw new IOException($"There is no archive of {arguments.Stream} in {folder.FullPath}.");
        return new ArchiveEntries(folder).Behind(after, OfflineArchive.StateOf(folder))
            .TakeWhile(entry => entry.Id <= arguments.To).ToAsyncEnumerable();
    }

    private static string Sentence(ExportArguments arguments, long count, long unfit) =>
        $"{Number(count)} entries of {arguments.Stream}" +
        (unfit == 0 ? "" : $", {Number(unfit)} of them whole in the column _entry because they fit no columns") +
        (arguments.IsOffline ? "; what only Redis holds is not among them" : "");

    private static object Json(ExportArguments arguments, long count, long unfit) => new
    {
        stream = arguments.Stream,
        format = arguments.IsTable ? "csv" : "ndjson",
        entries = count,
        unfit,
        offline = arguments.IsOffline,
        @out = arguments.Out,
    };
}

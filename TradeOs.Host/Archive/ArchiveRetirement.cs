using Microsoft.Extensions.Logging;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Takes the archive readers of streams out that are not archived any more, before anything runs.</summary>
/// <remarks>
/// A reader that stayed would hold its stream for ever. Its segments stay: the open one is sealed, and the head says
/// that Redis was made to forget, so that archiving can be switched on again and goes on in the same chain.
/// </remarks>
internal sealed partial class ArchiveRetirement(
    Settings settings, ControlConnection control, ILogger<ArchiveRetirement> logger)
{
    /// <summary>Forgets them.</summary>
    /// <param name="memory">What this host remembers.</param>
    /// <param name="file">Where it is kept.</param>
    /// <exception cref="RefusedException">The files are not of the archive that Redis knows.</exception>
    /// <exception cref="StreamDamagedException">A file is not what was committed.</exception>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public async Task RunAsync(PipelineMemory memory, MemoryFile file)
    {
        foreach (var stream in settings.Streams.Keys.Except(settings.ArchivedStreams))
        {
            var reader = ArchiveReaders.NameOf(stream);
            if (!await ReaderRegistry.HasAsync(control, reader)) continue;
            await CloseAsync(new ArchiveFolder(settings.DataDirectory, stream), reader);
            memory.Forget(reader);
            file.Write(memory);
            await ReaderRegistry.ForgetAsync(control, reader);
        }
    }

    private async Task CloseAsync(ArchiveFolder folder, string reader)
    {
        var kept = ArchiveState.Parse(folder.Stream, await control.StateAsync(reader));
        if (kept is null || (folder.IsEmpty && kept.Last > EntryId.Zero))
        {
            LogGone(logger, reader, kept?.Last ?? EntryId.Zero, folder.FullPath);
            return;
        }

        var batch = new Batch();
        using var writer = ArchiveRecovery.Open(folder, settings.Archive, kept, batch);
        writer.Seal(batch);
        var head = writer.State.Head with { Forgotten = true };
        if (head.Segments > 0) folder.Write(folder.HeadPath, ArchiveJson.ToFile(head));
        LogForgotten(logger, reader, head.Last, folder.FullPath);
    }

    [LoggerMessage(350, LogLevel.Information,
        "Archiving is switched off: {Reader} is forgotten, it had come to {Last}. Its segments stay in {Folder}.")]
    private static partial void LogForgotten(ILogger logger, string reader, EntryId last, string folder);

    [LoggerMessage(351, LogLevel.Warning,
        "Archiving is switched off: {Reader} is forgotten, it had come to {Last}. Its segments are not in {Folder}.")]
    private static partial void LogGone(ILogger logger, string reader, EntryId last, string folder);
}

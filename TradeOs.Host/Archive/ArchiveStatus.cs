using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>What the archive of one stream holds, and how far it is behind.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="IsOn">Whether the settings say that it is archived.</param>
/// <param name="First">First entry archived; <c>0-0</c> when there is none.</param>
/// <param name="Last">Last entry archived.</param>
/// <param name="Entries">How many are archived.</param>
/// <param name="Segments">Segments, the open one included.</param>
/// <param name="Bytes">Bytes of all segments.</param>
/// <param name="Lag">Entries of the stream that are not archived yet; null where Redis does not say.</param>
internal sealed record ArchiveStatus(
    string Stream, bool IsOn, EntryId First, EntryId Last, long Entries, long Segments, long Bytes, long? Lag)
{
    /// <summary>Reads it.</summary>
    /// <param name="settings">Where the files are.</param>
    /// <param name="stream">Which stream.</param>
    /// <param name="look">Asks Redis; null where it is away.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="StreamDamagedException">A file, or what Redis keeps, cannot be read.</exception>
    public static async Task<ArchiveStatus> ReadAsync(
        Settings settings, string stream, BusLook? look, CancellationToken cancellationToken)
    {
        var folder = new ArchiveFolder(settings.DataDirectory, stream);
        var reader = ArchiveReaders.NameOf(stream);
        var kept = look is null ? null : ArchiveState.Parse(stream, await look.Control.StateAsync(reader));
        var state = kept ?? OfflineArchive.StateOf(folder);
        var firsts = folder.SealedSegments();
        if (state.Open is { } open) firsts.Add(open.First);
        return new ArchiveStatus(
            stream, settings.Streams[stream].Archive, firsts.Count > 0 ? firsts[0] : EntryId.Zero, state.Last,
            EntriesOf(folder, state), state.Head.Segments + (state.Open is null ? 0 : 1), BytesOf(folder, state),
            look is null ? null : await LagAsync(look, stream, cancellationToken));
    }

    private static long EntriesOf(ArchiveFolder folder, ArchiveState state)
    {
        var files = new ArchiveEntries(folder);
        var isSealedNow = state.Open is { } open ? open.First : EntryId.Max;
        return folder.SealedSegments().Where(first => first < isSealedNow)
            .Sum(first => files.RecordOf(first).Record.Entries) + (state.Open?.Entries ?? 0);
    }

    private static long BytesOf(ArchiveFolder folder, ArchiveState state) =>
        folder.SealedSegments().Where(first => first != state.Open?.First)
            .Sum(first => new FileInfo(folder.Sealed(first)).Length) + (state.Open?.Bytes ?? 0);

    private static async Task<long?> LagAsync(BusLook look, string stream, CancellationToken cancellationToken)
    {
        var report = await look.Bus.InspectStreamAsync(stream, cancellationToken);
        var checkpoint = await look.Bus.InspectReaderAsync(ArchiveReaders.NameOf(stream), cancellationToken);
        return checkpoint is null ? null : Math.Max(0, report.Added - checkpoint.Count);
    }
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Brings the files of an archive to where Redis says they were committed, whatever a crash left.</summary>
/// <remarks>The checkpoint is the authority: what is behind it in a file is still in the stream.</remarks>
internal static class ArchiveRecovery
{
    /// <summary>A writer that goes on behind the last commit.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="options">When a segment is full.</param>
    /// <param name="kept">State of the reader; null when it never committed anything.</param>
    /// <param name="batch">Takes what the recovery itself has to commit.</param>
    /// <exception cref="RefusedException">The files and Redis are not of one archive.</exception>
    /// <exception cref="StreamDamagedException">A file is not what was committed.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public static ArchiveWriter Open(ArchiveFolder folder, ArchiveOptions options, ArchiveState? kept, Batch batch)
    {
        if (kept is null) return Begin(folder, options, batch);
        VerifyHead(folder, kept);
        if (folder.IsEmpty && kept.Open is { } lost) throw Gone(folder, folder.Open(lost.First));
        folder.Create();
        folder.RemoveStrays(kept.Open?.First);
        if (kept.Open is not { } open) return new ArchiveWriter(folder, options, kept, null);
        if (File.Exists(folder.Open(open.First)))
            return new ArchiveWriter(folder, options, kept, OpenFile.Continue(folder.Open(open.First), open));
        if (!File.Exists(folder.Sealed(open.First))) throw Gone(folder, folder.Open(open.First));

        // The power went between the new name and the commit.
        OpenFile.Verify(folder.Sealed(open.First), open);
        var writer = new ArchiveWriter(folder, options, kept, null);
        writer.Seal(batch);
        return writer;
    }

    /// <summary>Makes <c>head.json</c> what was just committed; only where an archive was forgotten and begins again
    /// does it differ.</summary>
    public static void SettleHead(ArchiveFolder folder, ChainHead head)
    {
        if (head.Segments > 0 && folder.ReadHead() != head) folder.Write(folder.HeadPath, ArchiveJson.ToFile(head));
    }

    /// <summary>A reader that never committed: there must be no archive yet, or one that was forgotten in
    /// order.</summary>
    private static ArchiveWriter Begin(ArchiveFolder folder, ArchiveOptions options, Batch batch)
    {
        var found = folder.ReadHead();
        var head = found is { Forgotten: true } ? found with { Forgotten = false } : ChainHead.Before(folder.Stream);
        if (found is { Forgotten: false } || folder.OpenSegments().Count > 0
            || (found is null && folder.SealedSegments().Count > 0))
        {
            throw new RefusedException(
                $"{folder.FullPath} holds an archive of {folder.Stream} that this Redis knows nothing of. Give the " +
                "data directory that belongs to this Redis, or restore its data; or move that folder aside (it can " +
                "still be verified and exported), then start again.");
        }

        if (head.Segments > 0) VerifyNewest(folder, head);
        folder.Create();
        folder.RemoveStrays(null);
        ArchiveState.Save(batch, head);
        return new ArchiveWriter(folder, options, new ArchiveState(head, null, []), null);
    }

    private static void VerifyHead(ArchiveFolder folder, ArchiveState kept)
    {
        var found = folder.ReadHead();
        if (kept.Head.Segments > 0) VerifyNewest(folder, kept.Head);
        if ((found ?? ChainHead.Before(folder.Stream)) with { Forgotten = false } == kept.Head) return;
        if (found is null) throw Gone(folder, folder.HeadPath);
        var isSealing = kept.Open is { } open && found.Segment == open.First
            && found.Segments == kept.Head.Segments + 1 && File.Exists(folder.Sealed(open.First));
        if (isSealing) return;
        throw new RefusedException(
            $"{folder.HeadPath} names {found.Segments} segments up to {found.Last}, Redis {kept.Head.Segments} up to " +
            $"{kept.Head.Last}: they are not of one time. Restore the one that is older, or both, from copies of one " +
            $"time. Or go on without what is there. {Aside(folder.Stream)}");
    }

    private static void VerifyNewest(ArchiveFolder folder, ChainHead head)
    {
        var (newest, record) = (folder.Sealed(head.Segment), folder.Record(head.Segment));
        foreach (var path in (string[])[newest, record])
            if (!File.Exists(path)) throw Gone(folder, path);
        if (SegmentRecord.Digest(File.ReadAllBytes(record)) == head.Record) return;
        throw new StreamDamagedException(
            $"{record} has not the SHA-256 {head.Record} it was committed with. Look with tradeos archive verify " +
            $"{folder.Stream}, and restore it from a copy.");
    }

    /// <summary>The next move where an archive cannot be gone on with.</summary>
    public static string Aside(string stream) =>
        "Move that folder aside (it can still be verified and exported), start once with " +
        $"--set Streams:{stream}:Archive=false, which makes Redis forget it, then without.";

    private static RefusedException Gone(ArchiveFolder folder, string path) => new(
        $"{path} is gone, which Redis says was archived. Restore it from a copy, or give the data directory that " +
        $"belongs to this Redis. Or go on without what is gone. {Aside(folder.Stream)}");
}

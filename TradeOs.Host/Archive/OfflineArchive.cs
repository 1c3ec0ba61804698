using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>What can be read of an archive where Redis is not asked.</summary>
internal static class OfflineArchive
{
    /// <summary>Every sealed segment, and of the open one what is whole; it may be more than was committed.</summary>
    /// <exception cref="StreamDamagedException">The head cannot be read.</exception>
    public static ArchiveState StateOf(ArchiveFolder folder)
    {
        var head = folder.ReadHead() ?? ChainHead.Before(folder.Stream);
        foreach (var first in folder.OpenSegments().Where(first => first > head.Last))
        {
            var path = folder.Open(first);
            var (entries, last, _) = SegmentExamination.Count(path);
            if (entries == 0) continue;
            var open = new OpenSegment(first, last, head.Number + 1, entries, new FileInfo(path).Length, "");
            return new ArchiveState(head, open, [new IndexPoint(0, first, open.Number)]);
        }

        return new ArchiveState(head, null, []);
    }
}

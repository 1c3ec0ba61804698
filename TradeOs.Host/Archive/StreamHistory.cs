using System.Runtime.CompilerServices;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Streams as if nothing had ever been trimmed: what the archive holds, then what Redis holds, without a
/// seam.</summary>
/// <remarks>
/// Nothing is trimmed before it is archived. So a page of the stream may be used when it begins with the entry before
/// it, or when the archive, asked behind it, had come no further: otherwise the archive goes on.
/// </remarks>
/// <param name="bus">Where the streams are.</param>
/// <param name="stateOf">State of an archive reader in Redis; null on a bus without archives.</param>
/// <param name="dataDirectory">Where the archives are.</param>
internal sealed class StreamHistory(
    IStreamBus bus, Func<string, Task<IReadOnlyDictionary<string, string>>>? stateOf, string dataDirectory)
{
    /// <summary>Entries read at once; outsiders may have written a megabyte into each.</summary>
    private const int PageCount = 100;

    /// <summary>Streams that nobody archives.</summary>
    public static StreamHistory Of(IStreamBus bus) => new(bus, null, ".");

    /// <summary>Every entry behind <paramref name="after"/> up to <paramref name="last"/>, oldest first, each on memory
    /// of its own.</summary>
    /// <exception cref="StreamDamagedException">The archive is not what it was.</exception>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    public async IAsyncEnumerable<Entry> EntriesAsync(
        string stream, EntryId after, EntryId last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = new ArchiveFolder(dataDirectory, stream);
        while (after < last)
        {
            if (await ArchivedAsync(folder) is { } archived && archived.Last > after)
            {
                foreach (var entry in new ArchiveEntries(folder).Behind(after, archived))
                {
                    if (entry.Id > last) yield break;
                    yield return entry;
                }

                after = archived.Last;
            }

            var page = await PageAsync(folder, after, cancellationToken);
            if (page is null) continue;
            if (page.Count == 0) yield break;
            foreach (var entry in page)
            {
                if (entry.Id > last) yield break;
                yield return entry;
            }

            after = page[^1].Id;
        }
    }

    /// <summary>Up to <paramref name="count"/> archived entries right before one, oldest first.</summary>
    /// <exception cref="StreamDamagedException">The archive is not what it was.</exception>
    public async Task<IReadOnlyList<Entry>> BeforeAsync(string stream, EntryId before, int count)
    {
        var folder = new ArchiveFolder(dataDirectory, stream);
        var last = new Queue<Entry>();
        if (await ArchivedAsync(folder) is not { } archived) return [];
        var files = new ArchiveEntries(folder);
        var from = files.PlaceBefore(before, count, archived);
        foreach (var entry in files.Behind(Before(from), archived).TakeWhile(entry => entry.Id < before))
        {
            if (last.Count == count) last.Dequeue();
            last.Enqueue(entry);
        }

        return [.. last];
    }

    /// <summary>What is archived of a stream; null when nothing is, or when it is somewhere else.</summary>
    public async Task<ArchiveState?> ArchivedAsync(ArchiveFolder folder)
    {
        if (stateOf is null || !folder.Exists) return null;
        return ArchiveState.Parse(folder.Stream, await stateOf(ArchiveReaders.NameOf(folder.Stream)));
    }

    /// <summary>A page of the stream right behind an entry; null when something between may have been
    /// trimmed.</summary>
    private async Task<IReadOnlyList<Entry>?> PageAsync(
        ArchiveFolder folder, EntryId after, CancellationToken cancellationToken)
    {
        var page = await bus.RangeAsync(folder.Stream, Before(after), PageCount + 1, cancellationToken);
        if (after != EntryId.Zero && page.Count > 0 && page[0].Id == after) return [.. page.Skip(1)];
        return await ArchivedAsync(folder) is { } archived && archived.Last > after ? null : page;
    }

    /// <summary>Right before an id.</summary>
    public static EntryId Before(EntryId id) =>
        id.Sequence > 0 ? id with { Sequence = id.Sequence - 1 }
        : id.Milliseconds > 0 ? new EntryId(id.Milliseconds - 1, ulong.MaxValue)
        : id;
}

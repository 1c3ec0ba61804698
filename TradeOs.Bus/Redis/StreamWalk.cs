using System.Runtime.CompilerServices;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Reads whole streams for looking, page by page on a connection of its own; consumes nothing.</summary>
/// <remarks>
/// A page is bounded in entries and in bytes, so one that would be larger comes entry by entry; of an entry too large
/// by itself only the beginning is kept (<see cref="Entry.CutBytes"/>). A page begins with the last entry of the
/// one before: when that is gone, trimming overtook the walk and what follows may have a gap. Entries that come one by
/// one are not watched like that.
/// </remarks>
public sealed class StreamWalk(RedisOptions options) : IDisposable
{
    private const int PageCount = 500;

    private readonly ReadPace _pace = new();
    private readonly EntryPage _page = new();
    private DataConnection? _connection;

    /// <summary>Every entry the stream holds up to <paramref name="last"/>, oldest first; each is valid until the next
    /// one is asked for.</summary>
    /// <exception cref="WalkOvertakenException">Entries behind the last one given were trimmed or deleted.</exception>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    /// <exception cref="StreamDamagedException">The key holds something that is no stream.</exception>
    public async IAsyncEnumerable<Entry> EntriesAsync(
        string stream, EntryId last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = EntryId.Zero;
        while (after < last)
        {
            var isOverlapping = await TakePageAsync(stream, after, cancellationToken);
            var entries = _page.Entries;
            if (isOverlapping && (entries.Count == 0 || entries[0].Id != after))
                throw new WalkOvertakenException($"{stream}: entries behind {after} were trimmed while it was read.");
            if (entries.Count == (isOverlapping ? 1 : 0)) yield break;
            foreach (var entry in entries)
            {
                if (entry.Id == after) continue;
                if (entry.Id > last) yield break;
                yield return entry;
            }

            after = entries[^1].Id;
            _pace.Delivered(entries.Count);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection?.Dispose();

    private static EntryId Before(EntryId id) => id.Sequence > 0
        ? id with { Sequence = id.Sequence - 1 }
        : new EntryId(id.Milliseconds - 1, ulong.MaxValue);

    /// <summary>Takes the next page; true when it begins with the entry the last one ended with.</summary>
    /// <remarks>A connection whose reply was too large is lost; the next one asks for one entry at a time.</remarks>
    private async Task<bool> TakePageAsync(string stream, EntryId after, CancellationToken cancellationToken)
    {
        while (true)
        {
            var asked = _pace.Count(PageCount);
            try
            {
                _connection ??= await DataConnection.ConnectAsync(options, TimeProvider.System, cancellationToken);
                var isOverlapping = asked > 1 && after != EntryId.Zero;
                await AskAsync(_connection, stream, isOverlapping ? Before(after) : after, asked);
                return isOverlapping;
            }
            catch (BusUnavailableException lost) when (asked > 1 && lost.InnerException is ReplyTooLargeException)
            {
                _pace.Slow(asked);
                _connection?.Dispose();
                _connection = null;
            }
        }
    }

    private async Task AskAsync(DataConnection connection, string stream, EntryId after, int asked)
    {
        connection.Commands.Command("XREAD", "COUNT", $"{asked}", "STREAMS", stream, after.ToString());
        await connection.SendAsync();
        var input = Encoding.UTF8.GetBytes(stream);
        if (asked > 1)
        {
            var page = await connection.ReceiveEntriesAsync(TimeSpan.Zero);
            _page.Take(DataConnection.ThrowIfError(page, "XREAD", stream), input);
            return;
        }

        var (reply, skippedBytes) = await connection.ReceiveBeginningAsync();
        _page.Take(DataConnection.ThrowIfError(reply, "XREAD", stream), input, skippedBytes);
    }
}

using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>The reads of one reader: what was delivered and what was read ahead.</summary>
/// <remarks>
/// Behind each commit that covers all that was delivered rides a read that does not block, so a busy reader needs one
/// round trip a batch. Only when that found nothing does a read block, with no commit in doubt on the connection.
/// What was read ahead waits on a page of its own: the entries delivered stay as they are until the next read.
/// </remarks>
internal sealed class RedisEntryReads
{
    private readonly DataConnection _connection;
    private readonly ReaderDefinition _definition;
    private readonly ReadPace _pace;
    private readonly byte[] _input;
    private readonly List<EntryId> _unacknowledged = [];
    private readonly List<EntryId> _acknowledge = [];
    private EntryPage _delivering;
    private EntryPage _next;
    private EntryId _delivered;
    private EntryId _received;
    private long _receivedCount;
    private bool _isReadAhead;
    private long _count;
    private int _countMax = 1;
    private int _asked;

    public RedisEntryReads(DataConnection connection, ReaderDefinition definition, Checkpoint checkpoint, ReadPace pace)
    {
        (_connection, _definition, _pace) = (connection, definition, pace);
        _input = Encoding.UTF8.GetBytes(definition.Input ?? "");
        (_delivered, _count) = (checkpoint.Position, checkpoint.Count);
        (_received, _receivedCount) = (checkpoint.Position, checkpoint.Count);
        (_delivering, _next) = (new EntryPage(), new EntryPage());
    }

    /// <summary>Streams between the readers of a chain: each read looks at them as well, so that what somebody else
    /// wrote there is noticed at once.</summary>
    public IReadOnlyList<ChainLink> Links { get; set; } = [];

    /// <summary>Whether something was found there.</summary>
    public bool IsOutsideWaiting { get; private set; }

    /// <summary>Bytes of memory held for what was read.</summary>
    public int HeldBytes => _connection.HeldBytes + _delivering.HeldBytes + _next.HeldBytes;

    /// <summary>Last entry the server gave, and how many since the beginning: where a group of ours must
    /// stand.</summary>
    public string Received => string.Create(CultureInfo.InvariantCulture, $"{_received} {_receivedCount}");

    /// <summary>What was read ahead, or what comes within <paramref name="wait"/>.</summary>
    public async ValueTask<IReadOnlyList<Entry>> NextAsync(
        int countMax, TimeSpan wait, CancellationToken cancellationToken)
    {
        _countMax = countMax;
        if (!_isReadAhead) await ReadAsync();
        if (_next.Entries.Count == 0 && wait >= TimeSpan.FromMilliseconds(1)
            && !cancellationToken.IsCancellationRequested)
            await ReadVerifiedAsync(wait);
        _isReadAhead = false;
        (_delivering, _next) = (_next, _delivering);
        var entries = _delivering.Entries;
        if (entries.Count > 0) _delivered = entries[^1].Id;
        _count += entries.Count;
        _pace.Delivered(entries.Count);
        if (_definition.Mode == ReadMode.Group) foreach (var entry in entries) _unacknowledged.Add(entry.Id);
        return entries;
    }

    /// <summary>Entries a commit up to <paramref name="position"/> acknowledges.</summary>
    public List<EntryId> DeliveredUpTo(EntryId position)
    {
        _acknowledge.Clear();
        foreach (var id in _unacknowledged)
            if (id <= position) _acknowledge.Add(id);
        return _acknowledge;
    }

    /// <summary>They were acknowledged.</summary>
    public void Forget(EntryId position) => _unacknowledged.RemoveAll(id => id <= position);

    /// <summary>Adds a read to the commands when everything delivered is about to be committed.</summary>
    public bool ReadOnBehind(EntryId position)
    {
        if (_definition.Input is null || _isReadAhead) return false;
        if (position != _delivered || position == EntryId.Zero) return false;
        Write(TimeSpan.Zero);
        return true;
    }

    /// <summary>Takes the answer of the read that rode behind a commit.</summary>
    public async ValueTask TakeReadAheadAsync()
    {
        await TakeAsync(TimeSpan.Zero);
        _isReadAhead = true;
    }

    private async ValueTask ReadAsync()
    {
        Write(TimeSpan.Zero);
        await _connection.SendAsync();
        await TakeAsync(TimeSpan.Zero);
    }

    /// <summary>Reads, waiting, and makes sure that what is missing behind us was not taken away unread.</summary>
    /// <remarks>Only a reader that caught up comes here, so a busy one pays nothing for it.</remarks>
    private async ValueTask ReadVerifiedAsync(TimeSpan wait)
    {
        _connection.Commands.Command("XINFO", "STREAM", _definition.Input!);
        Write(wait);
        await _connection.SendAsync();
        var facts = StreamFacts.Of((await _connection.ReceiveBeginningAsync()).Beginning, _definition.Input!);
        await TakeAsync(wait);
        var found = _next.Entries.Count;
        if (_count > facts.Added) throw Loss.MadeAnew(_definition, _count, facts);
        if (found == _asked || _count + found >= facts.Added) return;
        if (await IsGroupElsewhereAsync()) throw new GroupMovedException(_definition.Input!, _definition.Name);
        throw new StreamDamagedException(
            $"{_definition.Input}: {facts.Added - _count - found} entries vanished before {_definition.Name} read " +
            $"them (appended {facts.Added}, read {_count + found}). Somebody trimmed or deleted them, or read in its " +
            $"group; {Loss.Next}");
    }

    /// <summary>Whether somebody moved our group, or read in it: then nothing is lost, opening puts it back.</summary>
    private async ValueTask<bool> IsGroupElsewhereAsync()
    {
        if (_definition.Mode != ReadMode.Group) return false;
        var reply = await _connection.AskAsync("XINFO", "GROUPS", _definition.Input!);
        for (var left = reply.Array(); left > 0; left--)
        {
            var (name, last, read) = ("", "", (string?)null);
            for (var facts = reply.Array() / 2; facts > 0; facts--)
            {
                switch (reply.Text())
                {
                    case "name":
                        name = reply.Text();
                        break;
                    case "last-delivered-id":
                        last = reply.Text();
                        break;
                    case "entries-read":
                        read = reply.Text();
                        break;
                    default:
                        reply.Skip();
                        break;
                }
            }

            if (name != _definition.Name) continue;
            return read is null ? last != _received.ToString() : $"{last} {read}" != Received;
        }

        return true;
    }

    /// <summary>Entries that together are too large come one by one from the next opening on; of one that is too large
    /// by itself only the beginning is kept, and the stage is told so.</summary>
    private async ValueTask TakeAsync(TimeSpan wait)
    {
        if (_asked == 1)
        {
            var (reply, skippedBytes) = await _connection.ReceiveBeginningAsync(wait);
            _next.Take(ThrowIfError(reply), _input, skippedBytes);
            NoteReceived();
            return;
        }

        try
        {
            var reply = ThrowIfError(await _connection.ReceiveEntriesAsync(wait));
            IsOutsideWaiting |= _next.Take(reply, _input, others: Links.Count > 0);
            NoteReceived();
        }
        catch (BusUnavailableException lost) when (lost.InnerException is ReplyTooLargeException)
        {
            _pace.Slow(_asked);
            throw;
        }
    }

    private void NoteReceived()
    {
        if (_next.Entries.Count == 0) return;
        (_received, _receivedCount) = (_next.Entries[^1].Id, _receivedCount + _next.Entries.Count);

        // Who went past it could not go back when the entry is taken out again.
        if (_received.Milliseconds == ulong.MaxValue) throw Loss.Exhausted(_definition.Input!, _received);
    }

    /// <summary>A stream or group that is not there any more, or not a stream: opening says which, or puts the group
    /// back.</summary>
    private RespCursor ThrowIfError(RespCursor reply)
    {
        var error = reply;
        return reply.IsError && error.Line().Split(' ')[0] is "NOGROUP" or "WRONGTYPE" or "UNBLOCKED"
            ? throw new GroupMovedException(_definition.Input!, _definition.Name)
            : DataConnection.ThrowIfError(reply);
    }

    private void Write(TimeSpan wait)
    {
        _asked = _pace.Count(_countMax);
        var isGroup = _definition.Mode == ReadMode.Group;
        var blocks = wait > TimeSpan.Zero;
        // A reply of several streams cannot be cut behind one entry.
        var links = _asked == 1 ? [] : Links;
        var commands = _connection.Commands;
        commands.Begin(6 + (isGroup ? 3 : 0) + (blocks ? 2 : 0) + (2 * links.Count));
        commands.Word(isGroup ? "XREADGROUP"u8 : "XREAD"u8);
        if (isGroup)
        {
            commands.Word("GROUP"u8);
            commands.Word(_definition.Name);
            commands.Word(_definition.Name);
        }

        commands.Word("COUNT"u8);
        commands.Word(_asked);
        if (blocks)
        {
            commands.Word("BLOCK"u8);
            commands.Word((long)wait.TotalMilliseconds);
        }

        commands.Word("STREAMS"u8);
        commands.Word(_definition.Input!);
        foreach (var link in links) commands.Word(link.Stream);
        if (isGroup) commands.Word(">"u8);
        else commands.Word(_delivered);
        foreach (var link in links) commands.Word(link.Last);
    }
}

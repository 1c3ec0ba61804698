using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>The steps of opening one reader, in order, on its own connection.</summary>
internal sealed class RedisReaderOpening(
    DataConnection connection, ReaderDefinition definition, PipelineMemory memory)
{
    private const int PageCount = 1000;

    private readonly string _checkpoint = RedisKeys.Checkpoint(definition.Name);
    private string? _digest;
    private string? _checksum;

    /// <summary>Largest id deleted from the input before the reader began.</summary>
    public EntryId DeletedBefore { get; private set; }

    /// <summary>Id of the last commit.</summary>
    public string Commit { get; private set; } = "";

    /// <summary>A key of ours that holds another type is named before anything is asked of it.</summary>
    public async Task VerifyTypesAsync()
    {
        (string Key, string Type)[] keys =
        [
            (RedisKeys.Readers, "set"), (_checkpoint, "hash"), (RedisKeys.State(definition.Name), "hash"),
        ];
        foreach (var (key, expected) in keys)
        {
            var type = (await connection.AskAsync("TYPE", key)).Text()!;
            if (type != expected && type != "none") throw Loss.Type(key, type, expected);
        }
    }

    /// <summary>Fences whoever had the reader; creates it when it never existed.</summary>
    /// <param name="server">This connection, as the server knows it.</param>
    /// <param name="owner">Random id of this host.</param>
    /// <param name="wasOurs">Whether this host had the reader open before: then another owner means we are
    /// fenced.</param>
    /// <returns>The new epoch.</returns>
    public async Task<long> FenceAsync(ServerIdentity server, string owner, bool wasOurs)
    {
        // Asked before looking for the checkpoint: it is written first, so one that is then not there is lost and not
        // just being made by another host.
        var wasOpened = memory.HasRead(definition.Name)
            || (await connection.AskAsync("SISMEMBER", RedisKeys.Readers, definition.Name)).Integer() == 1;
        var epoch = await new Fence(connection, server, owner).TakeAsync(_checkpoint, AdmitAsync, BeginningAsync);
        await connection.AskAsync("SADD", RedisKeys.Readers, definition.Name);
        return epoch;

        Task AdmitAsync(Holder holder) => wasOurs && holder.Exists && holder.Owner != owner
            ? throw new FencedException(
                $"{definition.Name} was opened by another host since; this one stops so that nothing is done twice.")
            : VerifyPlaceAsync(owner);

        async Task<IReadOnlyList<string>> BeginningAsync(Holder holder) =>
            holder.Exists ? ["name", definition.Name] : await CreateAsync(wasOpened);
    }

    /// <summary>Reads the checkpoint; it must be there and of a state version this program knows.</summary>
    public async Task<Checkpoint> CheckpointAsync()
    {
        var reply = await connection.AskAsync(
            "HMGET", _checkpoint, "position", "deleted", "count", "written", "silent", "state", "commit", "digest",
            "checksum");
        reply.Array();
        var position = Id("position");
        DeletedBefore = Id("deleted");
        var checkpoint = new Checkpoint(position, Number("count"), Number("written"), Number("silent"));
        var version = (int)Math.Min(Number("state"), int.MaxValue);
        (Commit, _digest, _checksum) = (reply.Text() ?? "", reply.Text(), reply.Text());
        return version == definition.StateVersion ? checkpoint : throw StateVersions.Refusal(definition, version);

        EntryId Id(string field)
        {
            var text = reply.Text();
            return EntryId.TryParse(Encoding.UTF8.GetBytes(text ?? ""), out var id)
                ? id
                : throw Unreadable(field, text);
        }

        long Number(string field)
        {
            var text = reply.Text();
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Unreadable(field, text);
        }

        StreamDamagedException Unreadable(string field, string? found) => new(
            $"{_checkpoint}: its field '{field}' is \"{found}\", which is not what was written there. " +
            "Restore the data of this server.");
    }

    /// <summary>A checkpoint must be as it was committed; one of an earlier version has no checksum until
    /// its first commit.</summary>
    public void ThrowIfEdited(Checkpoint checkpoint)
    {
        var text = KnownCheckpoint.TextOf(checkpoint, Commit);
        if (_checksum is null || KnownCheckpoint.ChecksumOf(definition.Name, text, _digest ?? "") == _checksum) return;
        throw Loss.Edited(definition.Name, text, $"what has the checksum {_checksum}");
    }

    /// <summary>Reads the keyed state; it must be as it was committed.</summary>
    public async Task<Dictionary<string, string>> StateAsync()
    {
        var reply = await connection.AskAsync("HGETALL", RedisKeys.State(definition.Name));
        var state = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = reply.Array() / 2; left > 0; left--) state[reply.Text()!] = reply.Text()!;
        var digest = new StateDigest(state).Text;
        return _digest is null || digest == _digest
            ? state
            : throw Loss.State(
                definition.Name, $"{state.Count} keys with the digest {digest}", $"the digest {_digest}");
    }

    /// <summary>Reads the control flag; empty when there is none.</summary>
    public static async ValueTask<string> ControlAsync(DataConnection connection)
    {
        connection.Commands.Command("GET", RedisKeys.Control);
        await connection.SendAsync();
        var reply = await connection.ReceiveAsync();
        if (!reply.IsError) return reply.Text() ?? "";
        var error = reply;
        if (!error.Line().StartsWith("WRONGTYPE", StringComparison.Ordinal)) DataConnection.ThrowIfError(reply);
        throw new StreamDamagedException(
            $"{RedisKeys.Control} is not a text, expected one that tradeos halt, reduce-only or resume writes. " +
            $"Trading stops rather than go on under an order nobody can read. Remove it with: redis-cli DEL " +
            $"{RedisKeys.Control}, then say how to go on with: tradeos halt --reason WHY, or resume --reason WHY");
    }

    /// <summary>Every stream must exist and no entry may have vanished before this reader committed past it.</summary>
    /// <remarks>A stream from which nothing was ever removed holds what this reader wrote last; one that does not is
    /// another one of the same name, also where nobody reads it.</remarks>
    public async Task VerifyStreamsAsync(Checkpoint checkpoint)
    {
        foreach (var stream in definition.Outputs)
        {
            var output = await StreamFactsAsync(stream);
            if (output.LastId.Milliseconds == ulong.MaxValue) throw Loss.Exhausted(stream, output.LastId);
            var last = (await connection.AskAsync("HGET", _checkpoint, "last:" + stream)).Text();
            if (last is null || !EntryId.TryParse(Encoding.UTF8.GetBytes(last), out var id)) continue;
            if (output.LastId < id) throw Loss.SetBack(stream, output.LastId, last);
            if (output.Added != output.Length || await HoldsAsync(stream, last)) continue;

            // Asked again: another writer may just have trimmed it for the first time.
            output = await StreamFactsAsync(stream);
            if (output.Added == output.Length) throw Loss.Replaced(stream, last, definition.Name);
        }

        if (definition.Input is null) return;
        var facts = await StreamFactsAsync(definition.Input);
        if (Loss.Unread(definition, facts, checkpoint.Count, checkpoint, DeletedBefore) is { } loss) throw loss;
        if (facts.LastId < checkpoint.Position)
            throw Loss.SetBack(definition.Input, facts.LastId, checkpoint.Position.ToString());
    }

    /// <summary>Makes every pending entry of the group ours, and puts the group where the checkpoint is.</summary>
    /// <remarks>
    /// The checkpoint alone says what was processed. A group that was moved, made anew or read by a stranger would
    /// skip entries or bring them twice; put back, it brings everything behind the checkpoint once, pending or not.
    /// </remarks>
    public async Task ClaimAsync(Checkpoint checkpoint)
    {
        if (definition.Mode != ReadMode.Group) return;
        var (stream, group) = (definition.Input!, definition.Name);
        await CreateGroupAsync(stream, group);

        // Somebody who moved the group back and read in it left committed entries pending, and some of them may be
        // trimmed by now: they are not lost.
        while (await PendingUpToAsync(stream, group, checkpoint.Position) is { Count: > 0 } done)
            await connection.AskAsync(["XACK", stream, group, .. done]);
        var next = "0-0";
        do
        {
            var reply = await connection.AskAsync(
                "XAUTOCLAIM", stream, group, group, "0", next, "COUNT", "1000", "JUSTID");
            reply.Array();
            next = reply.Text()!;
            for (var claimed = reply.Array(); claimed > 0; claimed--) _ = reply.Text();
            var lost = reply.Array();
            if (lost > 0)
            {
                throw new StreamDamagedException(
                    $"{stream}: {lost} entries pending in group {group}, {reply.Text()} first, were deleted unread. " +
                    "Restore the data of this server.");
            }
        }
        while (next != "0-0");

        await connection.AskAsync(
            "XGROUP", "SETID", stream, group, checkpoint.Position.ToString(),
            "ENTRIESREAD", checkpoint.Count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A host that was replaced before it opened this reader at all must not take it from its heir.</summary>
    /// <remarks>The place is watched together with the reader: whoever takes it in between wins.</remarks>
    private async Task VerifyPlaceAsync(string owner)
    {
        await connection.AskAsync("WATCH", RedisKeys.Host);
        var place = await connection.AskAsync("HMGET", RedisKeys.Host, "owner", "name");
        place.Array();
        if (place.Text() is not { } holding || holding == owner) return;
        throw new FencedException(
            $"{definition.Name} is not opened: host {place.Text()} took the place of this one, which stops so that " +
            "nothing is done twice.");
    }

    private async Task<bool> HoldsAsync(string stream, string id) =>
        (await connection.AskAsync("XRANGE", stream, id, id)).Array() > 0;

    private async Task<List<string>> PendingUpToAsync(string stream, string group, EntryId position)
    {
        var ids = new List<string>();
        var reply = await connection.AskAsync(
            "XPENDING", stream, group, "-", position.ToString(), PageCount.ToString(CultureInfo.InvariantCulture));
        for (var left = reply.Array(); left > 0; left--)
        {
            reply.Array();
            ids.Add(reply.Text()!);
            for (var other = 0; other < 3; other++) _ = reply.Text();
        }

        return ids;
    }

    private async Task<StreamFacts> StreamFactsAsync(string stream)
    {
        var type = (await connection.AskAsync("TYPE", stream)).Text();
        if (type != "stream") throw Loss.Missing(stream, definition.Name, type ?? "none");
        var known = memory.MarkOf(stream);
        var facts = StreamFacts.Of(await connection.AskBeginningAsync("XINFO", "STREAM", stream), stream);
        PipelineMemory.ThrowIfSetBack(stream, known, facts);
        return facts;
    }

    /// <summary>Makes streams and group, and gives the fields a checkpoint starts with.</summary>
    private async Task<IReadOnlyList<string>> CreateAsync(bool wasOpened)
    {
        if (wasOpened) throw Loss.Checkpoint(definition.Name);
        foreach (var stream in definition.Outputs) await CreateStreamAsync(stream, null);
        var (count, deleted) = (0L, EntryId.Zero);
        if (definition.Input is { } input)
        {
            await CreateStreamAsync(input, definition.Mode == ReadMode.Group ? definition.Name : null);
            await connection.AskAsync("WATCH", input);
            var facts = await StreamFactsAsync(input);
            (count, deleted) = (facts.Added - facts.Length, facts.DeletedMax);
        }

        var text = KnownCheckpoint.TextOf(new Checkpoint(EntryId.Zero, count, 0, 0), "");
        return
        [
            "position", "0-0", "deleted", deleted.ToString(), "count", count.ToString(CultureInfo.InvariantCulture),
            "written", "0", "silent", "0", "commit", "",
            "checksum", KnownCheckpoint.ChecksumOf(definition.Name, text, ""),
            "state", definition.StateVersion.ToString(CultureInfo.InvariantCulture), "name", definition.Name,
        ];
    }

    /// <summary>A stream can only be made empty by making a group on it; one made for that alone is taken away
    /// again.</summary>
    private async Task CreateStreamAsync(string stream, string? group)
    {
        connection.Commands.Command("XGROUP", "CREATE", stream, group ?? "tradeos:create", "0", "MKSTREAM");
        if (group is null) connection.Commands.Command("XGROUP", "DESTROY", stream, "tradeos:create");
        await connection.SendAsync();
        var created = await connection.ReceiveAsync();
        ThrowUnlessThere(created, stream);
        if (group is null) _ = await connection.ReceiveAsync();
    }

    /// <summary>Without MKSTREAM: a stream that is gone since it was looked at must not be made anew.</summary>
    private async Task CreateGroupAsync(string stream, string group)
    {
        connection.Commands.Command("XGROUP", "CREATE", stream, group, "0");
        await connection.SendAsync();
        ThrowUnlessThere(await connection.ReceiveAsync(), stream);
    }

    private static void ThrowUnlessThere(RespCursor created, string stream)
    {
        var error = created;
        if (error.IsError && error.Line().StartsWith("BUSYGROUP", StringComparison.Ordinal)) return;
        DataConnection.ThrowIfError(created, "XGROUP", "CREATE", stream);
    }
}

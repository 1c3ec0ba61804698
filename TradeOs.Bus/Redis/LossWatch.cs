using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Looks, while the pipeline runs or idles, whether all that this host committed is there.</summary>
/// <remarks>
/// A commit and a reader that catches up look at what they touch. This finds the rest: what was taken away or changed
/// where nothing moves. It reads on a connection of its own and writes nothing.
/// </remarks>
/// <param name="bus">Whose readers are looked after.</param>
/// <param name="options">Where Redis is.</param>
public sealed class LossWatch(RedisStreamBus bus, RedisOptions options) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private DataConnection? _connection;

    /// <summary>Looks every second until the token ends it.</summary>
    /// <param name="looked">Called after each look that found all as it should be.</param>
    /// <param name="stoppingToken">Ends it.</param>
    /// <exception cref="StreamDamagedException">Something is gone, was set back or edited.</exception>
    public async Task RunAsync(Action looked, CancellationToken stoppingToken)
    {
        ArgumentNullException.ThrowIfNull(looked);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(Every, bus.Time, stoppingToken);
                if (await TryLookAsync(stoppingToken)) looked();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    /// <summary>Looks once; false when the server is away, which the readers answer.</summary>
    /// <exception cref="StreamDamagedException">Something is gone, was set back or edited.</exception>
    public async Task<bool> TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            _connection ??= await DataConnection.ConnectAsync(options, bus.Time, cancellationToken);
            await LookAsync(_connection, bus.Readers);
            return true;
        }
        catch (BusUnavailableException)
        {
            Dispose();
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>Readers move while they are looked at: each stream is looked at between two looks at them.</summary>
    private async Task LookAsync(DataConnection connection, IReadOnlyList<RedisStreamReader> readers)
    {
        var names = readers.ToDictionary(reader => reader.Definition.Name, StringComparer.Ordinal);
        var acknowledged = names.Keys.ToDictionary(name => name, bus.Memory.CountOf, StringComparer.Ordinal);
        var before = new Dictionary<string, Checkpoint>(StringComparer.Ordinal);
        foreach (var (name, reader) in names) before[name] = await CheckpointAsync(connection, reader);
        var streams = new SortedDictionary<string, StreamFacts>(StringComparer.Ordinal);
        foreach (var stream in readers.SelectMany(StreamsOf).Distinct()) streams[stream] = await FactsAsync(stream);
        foreach (var (name, reader) in names)
        {
            if (before[name].Count < acknowledged[name])
            {
                throw Loss.Edited(
                    name, KnownCheckpoint.TextOf(before[name], "?"), $"a count of {acknowledged[name]} or more");
            }

            var after = await CheckpointAsync(connection, reader);
            if (reader.Definition.Input is not { } input) continue;
            var loss = Loss.Unread(
                reader.Definition, streams[input], before[name].Count, after, reader.DeletedBefore);
            if (loss is not null) throw loss;
        }

        // What a reader that is not open yet would call damaged must not be what everything is held against later.
        foreach (var (stream, facts) in streams)
            if (ReadersOf(stream).All(names.ContainsKey))
                bus.Memory.Note(stream, new StreamMark(facts.Added, facts.LastId));

        async Task<StreamFacts> FactsAsync(string stream)
        {
            var known = bus.Memory.MarkOf(stream);
            var facts = StreamFacts.Of(await BeginningAsync(connection, "XINFO", "STREAM", stream), stream);
            PipelineMemory.ThrowIfSetBack(stream, known, facts);
            return facts.LastId.Milliseconds == ulong.MaxValue ? throw Loss.Exhausted(stream, facts.LastId) : facts;
        }
    }

    private System.Collections.Immutable.ImmutableArray<string> ReadersOf(string stream) =>
        bus.Limits.TryGetValue(stream, out var limit) ? limit.Readers : [];

    private static IEnumerable<string> StreamsOf(RedisStreamReader reader) =>
        reader.Definition.Input is { } input ? reader.Definition.Outputs.Append(input) : reader.Definition.Outputs;

    /// <summary>Reads the checkpoint of a reader and makes sure that it is there and as committed; while a commit is on
    /// its way nobody knows which.</summary>
    private static async Task<Checkpoint> CheckpointAsync(DataConnection connection, RedisStreamReader reader)
    {
        var (name, wasCommitting, standing) = (reader.Definition.Name, reader.IsCommitting, reader.Known.Standing);
        var (key, stateKey) = (RedisKeys.Checkpoint(name), RedisKeys.State(name));
        await VerifyTypeAsync(connection, key);
        await VerifyTypeAsync(connection, stateKey);
        var reply = await connection.AskAsync(
            "HMGET", key, "epoch", "position", "count", "written", "silent", "commit");
        reply.Array();
        var (epoch, position) = (reply.Text(), reply.Text());
        if (epoch is null || position is null) throw Loss.Checkpoint(name);
        var checkpoint = new Checkpoint(
            Id(position), Number(reply.Text()), Number(reply.Text()), Number(reply.Text()));
        var text = KnownCheckpoint.TextOf(checkpoint, reply.Text() ?? "");
        var keys = (await connection.AskAsync("HLEN", stateKey)).Integer();
        var isOurs = epoch == reader.Epoch.ToString(CultureInfo.InvariantCulture);
        if (!isOurs || wasCommitting || reader.IsCommitting || reader.Known.Standing != standing) return checkpoint;
        if (text != standing.Text) throw Loss.Edited(name, text, $"\"{standing.Text}\"");
        return keys == standing.StateKeys
            ? checkpoint
            : throw Loss.State(name, $"{keys} keys", $"{standing.StateKeys} keys");

        EntryId Id(string found) => EntryId.TryParse(Encoding.UTF8.GetBytes(found), out var id)
            ? id
            : throw Loss.Edited(name, $"position \"{found}\"", $"\"{standing.Text}\"");

        long Number(string? found) =>
            long.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Loss.Edited(name, $"a number \"{found}\"", $"\"{standing.Text}\"");
    }

    private static async Task VerifyTypeAsync(DataConnection connection, string key)
    {
        var type = (await connection.AskAsync("TYPE", key)).Text()!;
        if (type is not ("hash" or "none")) throw Loss.Type(key, type, "hash");
    }

    private static async Task<RespCursor> BeginningAsync(DataConnection connection, params string[] words)
    {
        connection.Commands.Command(words);
        await connection.SendAsync();
        return (await connection.ReceiveBeginningAsync()).Beginning;
    }
}

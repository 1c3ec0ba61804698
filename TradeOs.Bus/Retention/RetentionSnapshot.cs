using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>What holds each stream, at one moment.</summary>
/// <param name="Streams">Every stream asked about.</param>
/// <param name="Outside">Every outside reader, in order of name.</param>
public sealed record RetentionSnapshot(
    ImmutableSortedDictionary<string, StreamStanding> Streams, ImmutableArray<OutsideStanding> Outside)
{
    private static readonly string Script = LuaScript.Read("retention.lua");

    /// <summary>Takes it in one transaction; nothing is written.</summary>
    /// <param name="control">The server.</param>
    /// <param name="limits">Bounds and readers of the streams to look at.</param>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    /// <exception cref="RefusedException">The server does not permit it.</exception>
    public static async Task<RetentionSnapshot> TakeAsync(
        ControlConnection control, IReadOnlyDictionary<string, StreamLimit> limits)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(limits);
        var names = limits.Keys.Order(StringComparer.Ordinal).ToList();
        var keys = names.SelectMany(name => limits[name].Readers.Select(RedisKeys.Checkpoint).Prepend(name)).ToList();
        object[] words =
        [
            Script, keys.Count + 1, RedisKeys.Outside, .. keys,
            .. names.Select(name => (object)limits[name].Readers.Length),
        ];
        var answer = Items(await ExecuteAsync(control, words));
        var outside = Items(answer[1]).Select(item => FieldsOf(Items(item))).ToDictionary(StringComparer.Ordinal);
        var streams = names.Zip(Items(answer[0]), (name, item) =>
            KeyValuePair.Create(name, StreamOf(limits[name], Items(item), outside)));
        var holding = names.Zip(Items(answer[0])).ToDictionary(
            pair => pair.First, pair => (string[])Items(pair.Second)[3]!, StringComparer.Ordinal);
        return new RetentionSnapshot(
            streams.ToImmutableSortedDictionary(StringComparer.Ordinal),
            [.. outside.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => StandingOf(pair, holding))]);
    }

    private static async Task<RedisResult> ExecuteAsync(ControlConnection control, object[] words)
    {
        try
        {
            return await control.ExecuteAsync("EVAL", words);
        }
        catch (RedisServerException refusal)
        {
            throw new RefusedException(
                $"Redis at {control.Endpoint} does not let us look: {refusal.Message} Run tradeos doctor, it names " +
                "the permission that is missing.");
        }
    }

    private static StreamStanding StreamOf(
        StreamLimit limit, RedisResult[] stream, Dictionary<string, Dictionary<string, string>> outside)
    {
        var facts = (string[])stream[1]!;
        var readers = limit.Readers.Zip((RedisResult[])stream[2]!, (name, item) =>
        {
            var fields = (string[])item!;
            return new FloorReader(name, Id(fields[0]), Number(fields[1]) ?? 0);
        });
        var holding = ((string[])stream[3]!).Order(StringComparer.Ordinal).Select(name =>
        {
            var fields = outside.GetValueOrDefault(name, []);
            return new FloorReader(
                RedisKeys.OutsideName(name), Id(fields.GetValueOrDefault("position", "")),
                Number(fields.GetValueOrDefault("count", "")) ?? 0);
        });
        var standing = new StreamStanding((string)stream[0]!, [.. readers, .. holding]);
        return facts.Length == 0 ? standing : standing with
        {
            Length = Number(facts[0]) ?? 0,
            Added = Number(facts[1]) ?? 0,
            First = Id(facts[2]),
            Last = Id(facts[3]),
            DeletedMax = Id(facts[4]),
            Bytes = Number(facts[5]) ?? 0,
        };
    }

    private static OutsideStanding StandingOf(
        KeyValuePair<string, Dictionary<string, string>> reader, Dictionary<string, string[]> holding)
    {
        var (name, fields) = reader;
        var stream = Field("stream");
        var seconds = Number(Field("release_seconds")) ?? 0;
        var rule = Field("on_stuck") == OutsideRegistry.Word(StuckRule.Release) ? StuckRule.Release : StuckRule.Wait;
        var holds = holding.GetValueOrDefault(stream, []).Contains(name, StringComparer.Ordinal);
        return new OutsideStanding(
            new OutsideReader(name, stream, Field("group"), rule, TimeSpan.FromSeconds(seconds)),
            Id(Field("position")), Number(Field("count")), holds)
        {
            Registered = Field("registered"),
            Moved = Field("moved"),
            Held = Field("held"),
            Released = Field("released"),
            Lost = Number(Field("lost")) ?? 0,
            LostTo = Field("lost_to"),
            LostAt = Field("lost_at"),
            Deleted = Id(Field("deleted")),
            Trouble = Field("trouble"),
        };

        string Field(string field) => fields.GetValueOrDefault(field, "");
    }

    private static KeyValuePair<string, Dictionary<string, string>> FieldsOf(RedisResult[] reader)
    {
        var words = (string[])reader[1]!;
        var fields = words.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return KeyValuePair.Create((string)reader[0]!, fields);
    }

    private static RedisResult[] Items(RedisResult answer) => (RedisResult[])answer!;

    private static EntryId Id(string text) =>
        EntryId.TryParse(Encoding.UTF8.GetBytes(text), out var id) ? id : EntryId.Zero;

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A stream, what it holds, and who must read it before it is trimmed.</summary>
/// <param name="Type">Type of its key: <c>stream</c>, <c>none</c> or what stands in its place.</param>
/// <param name="Readers">Those of the topology, then the outside readers that hold it.</param>
public sealed record StreamStanding(string Type, ImmutableArray<FloorReader> Readers)
{
    /// <summary>Entries it holds.</summary>
    public long Length { get; init; }

    /// <summary>Entries ever appended.</summary>
    public long Added { get; init; }

    /// <summary>Oldest entry it holds.</summary>
    public EntryId First { get; init; }

    /// <summary>Last id given out.</summary>
    public EntryId Last { get; init; }

    /// <summary>Largest id ever deleted one by one.</summary>
    public EntryId DeletedMax { get; init; }

    /// <summary>Memory it takes, as the server estimates from a sample.</summary>
    public long Bytes { get; init; }

    /// <summary>Entries of it that a reader is not done with, at most those it holds.</summary>
    public long UnreadBy(FloorReader reader) => Math.Clamp(Added - reader.Count, 0, Length);

    /// <summary>Who is furthest behind; null when nobody reads it, or all have read everything.</summary>
    public FloorReader? Holder =>
        Readers.Where(reader => UnreadBy(reader) > 0).OrderByDescending(UnreadBy).FirstOrDefault();

    /// <summary>Entries that must stay: those the furthest behind has not read.</summary>
    public long Unread => Holder is { } holder ? UnreadBy(holder) : 0;
}

/// <summary>A reader a stream is not trimmed past.</summary>
/// <param name="Name">Its name; an outside reader's begins with <c>outside:</c>.</param>
/// <param name="Position">Last entry it is done with.</param>
/// <param name="Count">How many those are, counted from the stream's beginning.</param>
public sealed record FloorReader(string Name, EntryId Position, long Count);

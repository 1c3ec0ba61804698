using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Takes a <see cref="BusSnapshot"/> of a Redis server in one transaction.</summary>
public static class RedisSnapshot
{
    private static readonly string[] Fields = ["position", "count", "written", "silent"];
    private static readonly string Script = LuaScript.Read("snapshot.lua");

    /// <summary>Takes it; nothing else runs on the server meanwhile, and nothing is written.</summary>
    /// <exception cref="BusUnavailableException">The server is away.</exception>
    /// <exception cref="RefusedException">The server does not permit it.</exception>
    public static async Task<BusSnapshot> TakeAsync(
        ControlConnection control, IReadOnlyList<string> streams, IReadOnlyList<string> readers)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentNullException.ThrowIfNull(readers);
        object[] words =
        [
            Script, streams.Count + readers.Count + 1, .. streams, .. readers.Select(RedisKeys.Checkpoint),
            RedisKeys.Readers, streams.Count, GroupSnapshot.PendingNamedMax, .. readers,
        ];
        var answer = Items(await ExecuteAsync(control, words));
        return new BusSnapshot(
            Items(answer[0]).Select((item, index) => KeyValuePair.Create(streams[index], StreamOf(Items(item))))
                .ToImmutableDictionary(),
            Items(answer[1]).Select((item, index) => KeyValuePair.Create(readers[index], ReaderOf(Items(item))))
                .ToImmutableDictionary());
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

    private static StreamSnapshot StreamOf(RedisResult[] stream)
    {
        var type = (string)stream[0]!;
        var facts = (string[])stream[1]!;
        if (facts.Length == 0) return new StreamSnapshot(type, default, []);
        var report = new StreamReport(
            Number(facts[0]), Number(facts[1]), EntryId.Parse(facts[2]), EntryId.Parse(facts[3]));
        return new StreamSnapshot(type, report, [.. Items(stream[2]).Select(group => GroupOf(Items(group)))]);
    }

    private static GroupSnapshot GroupOf(RedisResult[] group)
    {
        var facts = (string[])group[0]!;
        var consumers = Items(group[1]).Select(item => (string[])item!)
            .Select(consumer => new ConsumerSnapshot(consumer[0], Number(consumer[1])));
        return new GroupSnapshot(
            facts[0], Number(facts[1]), EntryId.Parse(facts[2]), facts[4].Length == 0 ? null : Number(facts[4]),
            [.. consumers], [.. ((string[])group[2]!).Select(EntryId.Parse)]);
    }

    private static ReaderSnapshot ReaderOf(RedisResult[] reader)
    {
        var (type, wasOpened) = ((string)reader[0]!, (string)reader[1]! == "1");
        if (type == "none") return new ReaderSnapshot(wasOpened, null, null);
        if (type != "hash") return new ReaderSnapshot(wasOpened, null, $"a {type}");
        var values = (string[])reader[2]!;
        if (!EntryId.TryParse(Encoding.UTF8.GetBytes(values[0]), out var position))
            return new ReaderSnapshot(wasOpened, null, $"{Fields[0]} \"{values[0]}\"");
        var numbers = new long[3];
        for (var index = 0; index < numbers.Length; index++)
        {
            if (!long.TryParse(
                values[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[index]))
                return new ReaderSnapshot(wasOpened, null, $"{Fields[index + 1]} \"{values[index + 1]}\"");
        }

        return new ReaderSnapshot(wasOpened, new Checkpoint(position, numbers[0], numbers[1], numbers[2]), null);
    }

    private static RedisResult[] Items(RedisResult answer) => (RedisResult[])answer!;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Looks at the type of every key that is ours; a key of another type stops whoever uses it.</summary>
internal sealed class KeyExamination(ControlConnection control, Examination examination)
{
    private const string Restore = "Nothing of ours writes that. Restore the data of this server.";

    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    /// <summary>Type of a key: <c>none</c> when it is absent, or was not examined.</summary>
    public string TypeOf(string key) => _types.GetValueOrDefault(key, "none");

    /// <summary>Examines every key beside the streams; of the streams it only reads the type.</summary>
    public async Task ExamineAsync()
    {
        var asked = new List<(string Key, string Type, string Cure)>
        {
            (RedisKeys.Readers, "set", await ReadersCureAsync()),
            (RedisKeys.Host, "hash", $"Run `DEL {RedisKeys.Host}`: the next host writes it anew."),
            (RedisKeys.Instance, "string", $"Run `DEL {RedisKeys.Instance}`, then start once with --adopt."),
            (RedisKeys.Control, "string", $"Run `DEL {RedisKeys.Control}`, then say how trading goes on with " +
                "tradeos halt or tradeos resume, --reason WHY."),
            (RedisKeys.Sealed, "string", $"Run `DEL {RedisKeys.Sealed}`: the next start writes it anew."),
        };
        foreach (var reader in Topology.Readers.Concat(ArchiveReaders.All))
        {
            asked.Add((RedisKeys.Checkpoint(reader.Name), "hash", Restore));
            asked.Add((RedisKeys.State(reader.Name), "hash", Restore));
        }

        var again = "which are forgotten by that: tradeos readers add registers them again.";
        asked.Add((RedisKeys.Outside, "set", $"Run `DEL {RedisKeys.Outside}`. It names the outside readers, {again}"));
        foreach (var stream in Topology.Streams)
        {
            var key = RedisKeys.OutsideOf(stream);
            asked.Add((key, "set", $"Run `DEL {key}`. It names the outside readers of {stream}, {again}"));
        }

        foreach (var (key, expected, cure) in asked)
        {
            var type = await ReadTypeAsync(key);
            if (type != "none" && type != expected)
                examination.Found(Checks.KeyType, key, $"a {type}", $"a {expected}, or nothing", cure);
        }

        foreach (var stream in Topology.Streams) await ReadTypeAsync(stream);
    }

    private async Task<string> ReadTypeAsync(string key) =>
        _types[key] = (string?)await control.ExecuteAsync("TYPE", key) ?? "none";

    /// <summary>The set of readers, from the checkpoints there are.</summary>
    private async Task<string> ReadersCureAsync()
    {
        var opened = new List<string>();
        foreach (var reader in Topology.Readers.Concat(ArchiveReaders.All))
            if (await ReadTypeAsync(RedisKeys.Checkpoint(reader.Name)) == "hash") opened.Add(reader.Name);
        var again = opened.Count > 0 ? $", then `SADD {RedisKeys.Readers} {string.Join(" ", opened)}`" : "";
        return $"Run `DEL {RedisKeys.Readers}`{again}.";
    }
}

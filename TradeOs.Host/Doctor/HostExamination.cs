using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Looks for connections of a host other than the one that holds the place.</summary>
internal static class HostExamination
{
    private const string Prefix = "tradeos:";

    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(600);

    /// <summary>A finding for each connection named like one of ours that is not the one stored for its name.</summary>
    public static async Task ExamineAsync(ControlConnection control, KeyExamination keys, Examination examination)
    {
        // A connection that is just taking its place looks like a stranger for a moment.
        var strangers = await StrangersAsync(control, keys);
        if (strangers.Count == 0) return;
        await Task.Delay(Apart, TimeProvider.System, CancellationToken.None);
        var still = await StrangersAsync(control, keys);
        foreach (var (client, name) in strangers.Where(still.Contains))
        {
            examination.Found(
                Checks.SecondHost, "CLIENT LIST", $"connection {client} at {name}, the place of another",
                "one host on this server",
                "It can write nothing, but somebody started it: find its process by the address, stop it, or run " +
                $"`CLIENT KILL ID {client.Split(' ')[0]}`.");
        }
    }

    private static async Task<List<(string Client, string Name)>> StrangersAsync(
        ControlConnection control, KeyExamination keys)
    {
        var strangers = new List<(string, string)>();
        var places = Topology.Readers.Concat(ArchiveReaders.All)
            .ToDictionary(reader => Prefix + reader.Name, reader => RedisKeys.Checkpoint(reader.Name));
        places[RedisKeys.Host] = RedisKeys.Host;
        var list = (string?)await control.ExecuteAsync("CLIENT", "LIST") ?? "";
        foreach (var client in list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ServerFacts.ClientLine))
        {
            var name = client.GetValueOrDefault("name", "");
            if (!places.TryGetValue(name, out var key) || keys.TypeOf(key) is not ("hash" or "none")) continue;
            var holder = (string?)await control.ExecuteAsync("HGET", key, "client");
            if (holder != client["id"]) strangers.Add(($"{client["id"]} from {client["addr"]}", name));
        }

        return strangers;
    }
}

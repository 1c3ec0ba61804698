using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>
/// Looks whether what the pipeline keeps in Redis is whole: streams, groups, checkpoints, unread entries.
/// </summary>
internal static class StreamExamination
{
    private const string Restore = "Restore the data of this server; the pipeline stops rather than go on without it.";

    /// <summary>Findings of every reader that was ever opened; empty when all is well.</summary>
    public static async Task<IReadOnlyList<DurabilityFinding>> ExamineAsync(
        BusLook look, CancellationToken cancellationToken)
    {
        var (control, findings) = (look.Control, new List<DurabilityFinding>());
        foreach (var reader in Topology.Readers)
        {
            if ((long)await control.ExecuteAsync("SISMEMBER", RedisKeys.Readers, reader.Name) == 0) continue;
            var key = RedisKeys.Checkpoint(reader.Name);
            if ((string?)await control.ExecuteAsync("HGET", key, "count") is not { } text)
            {
                findings.Add(Fatal(key, "nothing", "the checkpoint of a reader that was opened before"));
            }
            else if (reader.Input is not null)
            {
                var count = long.Parse(text, CultureInfo.InvariantCulture);
                findings.AddRange(await ExamineInputAsync(look, reader, count, cancellationToken));
            }
        }

        foreach (var stream in Topology.Streams)
        {
            if ((await look.Bus.InspectStreamAsync(stream, cancellationToken)).LastId.Milliseconds == ulong.MaxValue)
                findings.Add(Fatal(stream, "the largest id there is", "an id that others can follow"));
        }

        return findings;
    }

    private static async Task<List<DurabilityFinding>> ExamineInputAsync(
        BusLook look, ReaderDefinition reader, long count, CancellationToken cancellationToken)
    {
        var stream = reader.Input!;
        var type = (string)(await look.Control.ExecuteAsync("TYPE", stream))!;
        if (type != "stream")
            return [Fatal(stream, type == "none" ? "nothing" : $"a {type}", $"the stream that {reader.Name} reads")];

        var findings = new List<DurabilityFinding>();
        var report = await look.Bus.InspectStreamAsync(stream, cancellationToken);
        var vanished = report.Added - report.Length - count;
        if (vanished > 0)
            findings.Add(Fatal(stream, $"{vanished} entries gone", $"every entry {reader.Name} has not read"));
        if (count > report.Added)
        {
            findings.Add(Fatal(
                stream, $"{report.Added} entries ever appended", $"at least the {count} that {reader.Name} has read"));
        }

        if (reader.Mode == ReadMode.Group && !await HasGroupAsync(look.Control, stream, reader.Name))
            findings.Add(Fatal(stream, "no such group", $"the consumer group {reader.Name}"));
        return findings;
    }

    private static async Task<bool> HasGroupAsync(ControlConnection control, string stream, string name)
    {
        var groups = (RedisResult[])(await control.ExecuteAsync("XINFO", "GROUPS", stream))!;
        return groups.Any(group => (string?)((RedisResult[])group!)[1] == name);
    }

    private static DurabilityFinding Fatal(string where, string found, string expected) =>
        new(DurabilitySeverity.Fatal, where, found, expected, Restore);
}

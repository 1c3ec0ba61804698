using System.Collections.Immutable;
using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Looks whether every stream in use is there, and holds whatever its reader has not read.</summary>
internal sealed class StreamExamination(
    ControlConnection control, KeyExamination keys, ImmutableArray<OpenedReader> readers, Examination examination)
{
    private const int PageCount = 1000;

    private const string Restore = "Restore the data of this server; the pipeline stops rather than go on without it.";

    /// <summary>Examines every stream of the topology.</summary>
    public async Task ExamineAsync()
    {
        foreach (var stream in Topology.Streams)
        {
            var users = readers.Where(reader => Uses(reader.Definition, stream)).ToList();
            var type = keys.TypeOf(stream);
            if (type == "stream") await ExamineAsync(stream);
            else if (type != "none") NoteType(stream, type);
            else if (users.Count > 0) NoteMissing(stream, users);
        }
    }

    private static bool Uses(ReaderDefinition reader, string stream) =>
        reader.Input == stream || reader.Outputs.Contains(stream);

    private async Task ExamineAsync(string stream)
    {
        var facts = await control.InspectStreamAsync(stream);
        if (facts.LastId.Milliseconds == ulong.MaxValue)
        {
            examination.Found(
                Checks.LargestId, stream, facts.LastId.ToString(), "an id that another can follow",
                "Somebody appended the largest id there is, and nothing can be appended any more. " + Restore);
        }

        foreach (var reader in readers.Where(reader => reader.Definition.Input == stream))
            await ExamineInputAsync(reader, stream);
    }

    /// <summary>While the pipeline runs both move: the checkpoint was read before the stream, and is again
    /// after.</summary>
    private async Task ExamineInputAsync(OpenedReader reader, string stream)
    {
        var facts = await control.InspectStreamAsync(stream);
        var later = (string?[])(await control.ExecuteAsync("HMGET", reader.Key, "count", "position"))!;
        if (later[0] is null || later[1] is null) return;
        var (count, position) = (long.Parse(later[0]!, CultureInfo.InvariantCulture), EntryId.Parse(later[1]!));
        var name = reader.Definition.Name;
        var gone = facts.Added - facts.Length - count;
        var isDeleted = facts.DeletedMax > position && facts.DeletedMax > reader.Deleted;
        if (gone > 0 || isDeleted)
        {
            var found = gone > 0 ? $"entries gone: {gone}" : $"entries up to {facts.DeletedMax} deleted";
            examination.Found(
                Checks.VanishedEntries, stream, found, $"every entry {name} has not read",
                "Somebody trimmed or deleted them. " + await AcceptanceAsync(reader, stream, position, facts));
        }
        else if (reader.Count > facts.Added)
        {
            examination.Found(
                Checks.CountAhead, stream, $"entries ever appended: {facts.Added}",
                $"at least the {reader.Count} that {name} has read",
                "The stream was deleted and made anew. " +
                await AcceptanceAsync(reader, stream, position, facts, $", {Forgetting(stream)}"));
        }
    }

    /// <summary>Who wrote to the stream that was is not to look for its last entry in the one that is.</summary>
    private static string Forgetting(string stream) => string.Join(", ", Topology.Readers
        .Where(writer => writer.Outputs.Contains(stream))
        .Select(writer => $"`HDEL {RedisKeys.Checkpoint(writer.Name)} last:{stream}`"));

    /// <summary>What makes the checkpoint agree with what is left: everything behind its position is unread.</summary>
    private async Task<string> AcceptanceAsync(
        OpenedReader reader, string stream, EntryId position, StreamReport facts, string also = "")
    {
        var unread = await CountAfterAsync(stream, position);
        var count = (facts.Added - unread).ToString(CultureInfo.InvariantCulture);
        return $"{Restore} Or accept the loss: with the host stopped run " +
            $"`HSET {reader.Key} count {count} deleted {facts.DeletedMax}`{also} and `HDEL {reader.Key} checksum`, " +
            "start once with --adopt, and it goes on with what is left.";
    }

    private async Task<long> CountAfterAsync(string stream, EntryId position)
    {
        var (count, after) = (0L, "(" + position);
        while (true)
        {
            var page = (RedisResult[])(await control.ExecuteAsync("XRANGE", stream, after, "+", "COUNT", PageCount))!;
            count += page.Length;
            if (page.Length < PageCount) return count;
            after = "(" + (string)((RedisResult[])page[^1]!)[0]!;
        }
    }

    private void NoteType(string stream, string type) => examination.Found(
        Checks.StreamType, stream, $"a {type}", "a stream",
        "Nothing of ours writes that: find the program that did. " + Restore);

    private void NoteMissing(string stream, List<OpenedReader> users) => examination.Found(
        Checks.StreamMissing, stream, "nothing",
        $"the stream that {string.Join(", ", users.Select(user => user.Definition.Name))} use", Restore);
}

using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Looks at consumer groups: ours must be there and ours alone; those of others are named unless they
/// registered.</summary>
internal sealed class GroupExamination(
    ControlConnection control, KeyExamination keys, ImmutableArray<OpenedReader> readers,
    ILookup<string, string> outside, Examination examination)
{
    private const int PageCount = 1000;

    /// <summary>Ids named in one message; the next examination names the next ones.</summary>
    private const int NamedMax = 20;

    /// <summary>Examines the groups of every stream there is.</summary>
    public async Task ExamineAsync()
    {
        foreach (var stream in Topology.Streams.Where(stream => keys.TypeOf(stream) == "stream"))
        {
            var groups = await GroupsAsync(stream);
            foreach (var reader in readers.Where(reader => IsGroupOf(reader.Definition, stream)))
            {
                if (groups.Contains(reader.Definition.Name)) await ExamineOursAsync(stream, reader.Definition.Name);
                else NoteMissing(stream, reader.Definition.Name);
            }

            foreach (var group in groups.Except(outside[stream]).Where(group => !Topology.Readers.Any(
                reader => reader.Name == group && IsGroupOf(reader, stream))))
                NoteUnknown(stream, group);
        }
    }

    private static bool IsGroupOf(ReaderDefinition reader, string stream) =>
        reader.Mode == ReadMode.Group && reader.Input == stream;

    private async Task ExamineOursAsync(string stream, string group)
    {
        foreach (var consumer in Lists(await control.ExecuteAsync("XINFO", "CONSUMERS", stream, group)))
        {
            // name, its value, pending, its value, ...
            var (name, pending) = ((string)consumer[1]!, (long)consumer[3]);
            if (name != group) NoteConsumer(stream, group, name, pending);
        }

        var gone = await PendingGoneAsync(stream, group);
        if (gone.Count == 0) return;
        examination.Found(
            Checks.PendingGone, $"{stream} group {group}",
            $"pending entries gone: {gone.Count}{(gone.Count == NamedMax ? " or more" : "")}, {gone[0]} first",
            "every pending entry in the stream",
            "They were delivered, never committed, and then trimmed or deleted. Restore the data of this server; or " +
            $"accept the loss: with the host stopped run `XACK {stream} {group} {string.Join(" ", gone)}`, then " +
            "doctor again.");
    }

    private async Task<List<string>> PendingGoneAsync(string stream, string group)
    {
        var (gone, start) = (new List<string>(), "-");
        while (gone.Count < NamedMax)
        {
            var page = Lists(await control.ExecuteAsync("XPENDING", stream, group, start, "+", PageCount))
                .Select(line => (string)line[0]!).ToList();
            var answers = await Task.WhenAll(page.Select(id => IsGoneAsync(stream, group, id)));
            gone.AddRange(page.Zip(answers).Where(line => line.Second).Select(line => line.First));
            if (page.Count < PageCount) break;
            start = "(" + page[^1];
        }

        return [.. gone.Take(NamedMax)];
    }

    /// <summary>An entry that was committed meanwhile may be trimmed, but then it is not pending any more.</summary>
    private async Task<bool> IsGoneAsync(string stream, string group, string id) =>
        Lists(await control.ExecuteAsync("XRANGE", stream, id, id)).Count == 0 &&
        Lists(await control.ExecuteAsync("XPENDING", stream, group, id, id, 1)).Count == 1;

    private async Task<List<string>> GroupsAsync(string stream) =>
        [.. Lists(await control.ExecuteAsync("XINFO", "GROUPS", stream)).Select(group => (string)group[1]!)];

    private static List<RedisResult[]> Lists(RedisResult reply) =>
        [.. ((RedisResult[])reply!).Select(item => (RedisResult[])item!)];

    private void NoteMissing(string stream, string group) => examination.Found(
        Checks.GroupMissing, stream, "no such group", $"the consumer group {group}",
        $"Start the host, which makes it anew where its checkpoint is, or run `XGROUP CREATE {stream} {group} 0`: " +
        "nothing is lost or done twice.");

    private void NoteConsumer(string stream, string group, string name, long pending) => examination.Found(
        Checks.ConsumerUnknown, $"{stream} group {group}", $"consumer {name}, entries pending: {pending}",
        $"no consumer but {group}",
        "What somebody else reads in our group never reaches us, and the host stops: give that program a group of " +
        $"its own, start the host again, then run `XGROUP DELCONSUMER {stream} {group} {name}`.");

    private void NoteUnknown(string stream, string group) => examination.Found(
        Checks.GroupUnknown, stream, $"group {group}", "groups of the pipeline only",
        "Nothing has to be done: its program may read along, but entries are trimmed without waiting for it (tradeos " +
        $"readers add changes that). A group nobody uses any more is removed by `XGROUP DESTROY {stream} {group}`.");
}

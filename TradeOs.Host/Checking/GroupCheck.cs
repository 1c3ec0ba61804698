using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Holds the consumer group of a stage against its checkpoint.</summary>
internal sealed class GroupCheck(StageCheck stage, StreamSnapshot stream, CheckNotes notes)
{
    private const string Reopen = "Start the host again: opening puts the group where the checkpoint is.";

    private string Where => $"{stage.Reader.Input} group {stage.Reader.Name}";

    /// <summary>Checks it; <paramref name="atRest"/> demands that nothing is pending and nothing undelivered.</summary>
    public void Check(bool atRest)
    {
        if (stage.Reader.Mode != ReadMode.Group || stream.Type != "stream") return;
        if (stream.Groups.FirstOrDefault(group => group.Name == stage.Reader.Name) is not { } group)
        {
            notes.Found(
                CheckCodes.GroupMissing, stage.Reader.Input!, "no such group",
                $"the consumer group {stage.Reader.Name}", "Run tradeos doctor, it has the cure.");
            return;
        }

        CheckPending(group);
        CheckDelivered(group);
        foreach (var consumer in group.Consumers.Where(found => found.Name != stage.Reader.Name && found.Pending > 0))
        {
            notes.Found(
                CheckCodes.Consumer, Where, $"consumer {consumer.Name} with {consumer.Pending} pending",
                $"no consumer but {stage.Reader.Name}", "Give that program a group of its own. " + Reopen);
        }

        if (!atRest) return;
        if (group.Pending > 0)
            notes.Found(CheckCodes.Waiting, Where, $"{group.Pending} pending", "nothing pending at rest", Reopen);
        if (group.Lag is > 0)
            notes.Found(CheckCodes.Waiting, Where, $"lag {group.Lag}", "lag 0 at rest", Reopen);
        if (group.Lag is null) notes.NotProven(Where, "its lag: the server cannot tell it; the checkpoint's count can.");
    }

    private void CheckPending(GroupSnapshot group)
    {
        foreach (var id in group.PendingFirst.Where(id => id <= stage.Checkpoint.Position))
        {
            notes.Found(
                CheckCodes.Acknowledgement, $"{stage.Reader.Input}/{id}", $"pending in group {group.Name}",
                $"acknowledged: {group.Name} committed up to {stage.Checkpoint.Position}",
                "The acknowledgement did not land with its commit, or the group was moved. " + Reopen);
        }
    }

    /// <summary>What was delivered behind the checkpoint is pending, all of it.</summary>
    private void CheckDelivered(GroupSnapshot group)
    {
        var position = stage.Checkpoint.Position;
        if (group.LastDelivered < position)
        {
            Moved($"last delivered {group.LastDelivered}", $"{position} or later, the position of {group.Name}");
            return;
        }

        var delivered = stage.Inputs.CountUpTo(group.LastDelivered) - stage.Inputs.CountUpTo(position);
        var committed = group.PendingFirst.Count(id => id <= position);
        if (committed == GroupSnapshot.PendingNamedMax || group.Pending - committed == delivered) return;
        Moved(
            $"{group.Pending - committed} pending behind {position}",
            $"{delivered}, all that was delivered up to {group.LastDelivered}");
    }

    private void Moved(string found, string expected) => notes.Found(
        CheckCodes.GroupMoved, Where, found, expected,
        "Somebody moved the group or acknowledged for it. " + Reopen);
}

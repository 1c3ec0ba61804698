using System.Collections.Immutable;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Everything <c>doctor</c> looks at, in order: the server, its machine, then what it holds.</summary>
internal static class DoctorExamination
{
    /// <summary>Examines and changes nothing.</summary>
    /// <exception cref="BusUnavailableException">There is no server, or it went away.</exception>
    /// <exception cref="RefusedException">It does not accept the password, or is no Redis.</exception>
    public static async Task<Examination> RunAsync(
        Settings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var examination = new Examination();
        examination.Looked(Checks.Relaxed);
        if (settings.Redis.AllowRelaxedDurability) NoteRelaxed(examination);
        var probe = await ServerProbe.AskAsync(settings.Redis, cancellationToken);
        if (!ReadinessCheck.Examine(probe, settings.Redis.Endpoint, examination)) return examination;
        using var control = await ControlConnection.ConnectAsync(settings.Redis, cancellationToken);
        var facts = await DurabilityCheck.ExamineAsync(control, examination);
        if (facts.IsCluster)
        {
            foreach (var check in Checks.All) examination.Skip(check, "the server is a node of a cluster");
            return examination;
        }

        await ExamineServerAsync(control, facts, settings, time, examination);
        await ExamineKeysAsync(control, settings, examination);
        return examination;
    }

    private static async Task ExamineServerAsync(
        ControlConnection control, ServerFacts facts, Settings settings, TimeProvider time, Examination examination)
    {
        await PermissionCheck.ExamineAsync(control, RedisPermissions.Needed(Topology.Streams), examination);
        await TryAsync(
            examination, [Checks.Clock], () => ClockExamination.ExamineAsync(control, time, examination));
        new MachineExamination(settings.Redis.FreeDiskMin).Examine(facts, examination);
    }

    private static async Task ExamineKeysAsync(ControlConnection control, Settings settings, Examination examination)
    {
        var keys = new KeyExamination(control, examination);
        await TryAsync(examination, [Checks.KeyType], keys.ExamineAsync);
        await TryAsync(examination, [Checks.Instance], () => InstanceExamination.ExamineAsync(
            control, keys, settings.DataDirectory, examination));
        await TryAsync(examination, [Checks.SecondHost], () => HostExamination.ExamineAsync(
            control, keys, examination));
        var readers = ImmutableArray<OpenedReader>.Empty;
        await TryAsync(
            examination, [Checks.CheckpointMissing, Checks.CheckpointUnreadable, Checks.StateVersion],
            async () => readers = await CheckpointExamination.ExamineAsync(control, keys, examination));
        await TryAsync(
            examination,
            [
                Checks.StreamMissing, Checks.StreamType, Checks.LargestId, Checks.VanishedEntries, Checks.CountAhead,
            ],
            () => new StreamExamination(control, keys, readers, examination).ExamineAsync());
        var outside = Array.Empty<string>().ToLookup(group => "");
        await TryAsync(
            examination, [Checks.OutsideLost, Checks.OutsideReleased, Checks.OutsideUnfollowed],
            async () => outside = await OutsideExamination.ExamineAsync(control, settings, examination));
        await TryAsync(
            examination, [Checks.GroupMissing, Checks.PendingGone, Checks.ConsumerUnknown, Checks.GroupUnknown],
            () => new GroupExamination(control, keys, readers, outside, examination).ExamineAsync());
    }

    /// <summary>What is not permitted cannot be looked at; the rest still can.</summary>
    private static async Task TryAsync(Examination examination, Check[] checks, Func<Task> examine)
    {
        try
        {
            await examine();
            examination.Looked(checks);
        }
        catch (Exception refusal) when (refusal is RedisServerException or RefusedException)
        {
            foreach (var check in checks) examination.Skip(check, refusal.Message);
        }
    }

    private static void NoteRelaxed(Examination examination) => examination.Found(
        Checks.Relaxed, "Redis:AllowRelaxedDurability", "true", "false",
        "A server that would lose acknowledged writes is not refused: cure what is found here, then set it to false.");
}

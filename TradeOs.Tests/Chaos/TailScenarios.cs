using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>The append-only file torn inside the last commit, as a crash or a power cut tears it.</summary>
internal static class TailScenarios
{
    private const string Promise =
        "what was acknowledged is there after two restarts, the torn commit is there whole or not at all";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "cut-bytes-managed", "append-only file cut at every byte of the last commit; repaired, started, written, " +
            "restarted", Promise, Protections.Repair, EveryByteManagedAsync),
        new(
            "cut-bytes-external", "append-only file cut at every byte of the last commit; started, sealed, written, " +
            "restarted", Promise, Protections.Seal, EveryByteExternalAsync) { ControlRoundsMax = 2 },
        new(
            "cut-managed", "the same cut at a random byte under the whole program, managed redis",
            Promise + "; same streams", Protections.Repair, ManagedAsync) { ControlRoundsMax = 3, RoundsLong = 5 },
        new(
            "cut-external", "the same cut at a random byte under the whole program, external redis, the host lives",
            Promise + "; same streams", Protections.Seal, ExternalAsync) { ControlRoundsMax = 3, RoundsLong = 5 },
        new(
            "kill-managed", "kill -9 of host or managed redis at random", "nothing lost, nothing twice; same streams",
            Protections.PositionInCommit, KillManagedAsync),
    ];

    /// <summary>What a server does with a file depends on its bytes alone: each file the repair leaves behind is
    /// started once.</summary>
    private static async Task EveryByteManagedAsync(Trial trial)
    {
        using var cut = await CutCommit.MakeAsync();
        var started = new HashSet<int>();
        var step = trial.IsShort ? 12 : 1;
        for (var kept = cut.Start + (trial.IsShort ? trial.Random.Next(step) : 0); kept <= cut.End; kept += step)
        {
            var left = trial.Has(Protections.Repair) ? await cut.RepairedAsync(kept) : kept;
            Trial.Demand(
                !trial.Has(Protections.Repair) || left == (kept == cut.End ? cut.End : cut.Start),
                $"cut at byte {kept - cut.Start}: the repair left {left - cut.Start} bytes of the commit");
            trial.HitAgain($"cut at byte {kept - cut.Start} of {cut.End - cut.Start}, repaired to {left - cut.Start}");
            if (started.Add(left)) await cut.VerifyAsync(left, isSealed: false);
        }
    }

    private static async Task EveryByteExternalAsync(Trial trial)
    {
        using var cut = await CutCommit.MakeAsync();
        var kept = Enumerable.Range(cut.Start, cut.End - cut.Start + 1).ToArray();
        trial.Random.Shuffle(kept);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = trial.Cancel };
        await Parallel.ForEachAsync(trial.IsShort ? kept[..10] : kept, options, async (at, _) =>
        {
            await cut.VerifyAsync(at, isSealed: trial.Has(Protections.Seal));
            trial.HitAgain($"cut at byte {at - cut.Start} of {cut.End - cut.Start}");
        });
    }

    private static async Task ManagedAsync(Trial trial)
    {
        await using var world = await ManagedWorld.StartAsync(trial);
        var position = await world.ReachAsync(trial.Random.Next(200, World.Rows / 3));
        await world.KillHostAsync();
        await world.KillRedisAsync();
        var proof = AofTail.Cut(world.ServerDirectory, trial.Random);
        trial.Hit($"at {position} of {World.Rows} rows: {proof}");
        await world.StartHostAsync();
        await world.ReachAsync(position + 200);
        await world.KillRedisAsync();
        await world.JudgeAsync();
    }

    /// <summary>The commit is one whose answer the host never got: what it got is on the disk, or the disk
    /// lied.</summary>
    private static async Task ExternalAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var position = await world.ReachAsync(trial.Random.Next(200, World.Rows / 3));
        var reader = Topology.Readers[trial.Random.Next(Topology.Readers.Length)].Name;
        var alone = new LoneCommit(world, reader);
        world.Wire.Watch = alone.PassesAsync;
        await alone.Killed;
        world.Wire.Watch = null;
        var proof = AofTail.Cut(world.Redis.Directory, trial.Random);
        trial.Hit($"commit of {reader} at {position} of {World.Rows} rows: {proof}");
        await world.Redis.StartAgainAsync();
        await world.ReachAsync(position + 200);
        await world.Redis.KillAsync();
        await world.Redis.StartAgainAsync();
        await world.JudgeAsync();
    }

    private static async Task KillManagedAsync(Trial trial)
    {
        await using var world = await ManagedWorld.StartAsync(trial);
        var (before, kills) = (0L, trial.IsShort ? 2 : 15);
        for (var kill = 0; kill < kills; kill++)
        {
            var position = await world.ReachAsync(before + trial.Random.Next(20, World.Rows / (kills + 3)));
            var isHost = trial.Random.Next(2) == 0;
            if (isHost) await world.KillHostAsync();
            else await world.KillRedisAsync();
            trial.Hit(
                $"{(isHost ? "host" : "redis")} killed at {position} of {World.Rows} rows, {position - before} on");
            if (isHost) await world.StartHostAsync();
            before = position;
        }

        await world.JudgeAsync();
    }

    /// <summary>Lets one commit run with nothing beside it, and kills the server before its answer is passed
    /// on.</summary>
    private sealed class LoneCommit(World world, string reader)
    {
        private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private WireRequest? _commit;
        private int _running;

        public Task Killed => _killed.Task;

        public async ValueTask<bool> PassesAsync(WireMoment moment)
        {
            var isOurs = moment.Request.Committing.Contains(reader);
            if (moment.Phase == WirePhase.Sent)
            {
                if (isOurs && Interlocked.CompareExchange(ref _commit, moment.Request, null) is null)
                    while (Volatile.Read(ref _running) > 0) await Task.Delay(1);
                else if (_commit is not null) await Killed;
                if (moment.Request.IsCommit && _commit != moment.Request) Interlocked.Increment(ref _running);
            }
            else if (moment.Phase == WirePhase.Answered && moment.Request == _commit)
            {
                await world.Redis.KillAsync();
                _killed.TrySetResult();
                return false;
            }
            else if (moment.Phase == WirePhase.Delivered && moment.Request.IsCommit)
            {
                Interlocked.Decrement(ref _running);
            }

            return true;
        }
    }
}

using System.Globalization;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>What an operator can do with redis-cli: found and said, or put right, never gone on over.</summary>
internal static class OperatorScenarios
{
    private const string Stop = "exit 1 naming what is gone, again at each start; undone, it goes on: same streams";
    private const int ShortMax = 8;
    private const int CountLong = 60;
    private const int MovingLong = 20;

    private static readonly TimeSpan StopWaitMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan OpenWaitMax = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "operator-down", "damage by redis-cli while the host is down", Stop, OperatorProtections.LossAtOpening,
            DownAsync),
        new(
            "operator-moving", "damage by redis-cli while the pipeline moves", Stop,
            OperatorProtections.CommitAgainstEdits, MovingAsync),
        new(
            "operator-idle", "damage by redis-cli while the pipeline idles", Stop, OperatorProtections.LossWatch,
            trial => IdleAsync(trial, trial.IsShort ? 6 : CountLong)),
        new(
            "operator-group", "a consumer group destroyed, moved, read by a stranger while it is used",
            "the group is put back where its checkpoint is; same streams", OperatorProtections.GroupPutBack,
            GroupAsync),
    ];

    public static IReadOnlyList<Damage> Stopping =>
    [
        .. Topology.Streams.SelectMany(Damage.OfStream).Where(IsVisible),
        .. Topology.Stages.Select(stage => stage.Input!).SelectMany(Damage.OfUnread),
        .. Topology.Readers.Select(reader => reader.Name).SelectMany(Damage.OfReader).Where(Changes),
        .. ((string[])["signal-engine", "feasibility", "metrics-publisher"]).SelectMany(Damage.OfState),
        .. Damage.OfKeys().Where(damage => damage.Outcome == DamageOutcome.Stops),
    ];

    /// <summary>A stream that was never written to is as good when it is made anew.</summary>
    private static bool IsVisible(Damage damage) =>
        !damage.OnlyOnceWritten || damage.Says != StreamNames.ControlLog;

    /// <summary>A feed has no position in a stream, so that setting it back to the beginning changes nothing.</summary>
    private static bool Changes(Damage damage) =>
        damage.Name != $"position set back {RedisKeys.Checkpoint(Topology.Feed.Name)}";

    /// <summary>Whether Redis alone shows it. The appended count of a stream no stage reads is known beside Redis only,
    /// from the first look on, a second after the start.</summary>
    public static bool IsSeenInRedis(Damage damage) =>
        !damage.Name.StartsWith("XSETID of entries-added back", StringComparison.Ordinal) || IsRead(damage);

    private static IReadOnlyList<Damage> Repaired =>
    [
        .. Topology.Stages.Where(stage => stage.Mode == ReadMode.Group)
            .SelectMany(stage => Damage.OfGroup(stage.Input!, stage.Name)),
        .. Damage.OfKeys().Where(damage => damage.Outcome == DamageOutcome.GoesOn),
    ];

    private static async Task DownAsync(Trial trial)
    {
        var damages = trial.Has(OperatorProtections.LossAtOpening)
            ? Pick(trial, [.. Stopping.Where(IsSeenInRedis)], trial.IsShort ? ShortMax : CountLong)
            : [.. Stopping.Where(damage => damage.Name == "position set back tradeos:checkpoint:signal-qualifier")];
        await using var world = await StartAsync(trial);
        var position = await world.ReachAsync(trial.Random.Next(500, 1500));
        await world.Host.KillAsync();
        foreach (var damage in damages)
        {
            if (damage.OnlyOnceWritten && !await HasArchiveBegunAsync(world, damage.Says)) continue;
            await RunAsync(world, damage.Inflict);
            await world.StartHostAsync();
            await StoppedAsync(world, damage, "down");
            trial.Hit($"{damage} at {position} of {World.Rows} rows, host down: exit {await ExitAsync(world)}");
            await RunAsync(world, damage.Undo);
        }

        await world.StartHostAsync();
        await world.JudgeAsync();
    }

    /// <summary>Whether the archive of a stream has entries: one that has none yet takes what it finds in a stream made
    /// anew, and that cannot be undone.</summary>
    private static async Task<bool> HasArchiveBegunAsync(World world, string stream) =>
        (string?)await world.AskAsync("HGET", RedisKeys.Checkpoint(ArchiveReaders.NameOf(stream)), "count") != "0";

    private static async Task MovingAsync(Trial trial)
    {
        await using var world = await StartAsync(trial);
        var before = 0L;
        var edited = Stopping.Where(damage => damage.Name.StartsWith("commit edited", StringComparison.Ordinal));
        var damages = trial.Has(OperatorProtections.CommitAgainstEdits)
            ? Pick(trial, [.. Stopping.Where(IsUndoneWhileMoving)], trial.IsShort ? 6 : MovingLong)
            : [.. edited.Skip(1).Take(1)];
        for (var number = 0; number < damages.Count; number++)
        {
            var position = await world.ReachAsync(Next(before, damages.Count - number));
            var damage = damages[number];
            await Poll.UntilAsync(async () => await TriesAsync(world, damage.Inflict));
            await StoppedAsync(world, damage, "moving");
            trial.Hit($"{damage} at {position} of {World.Rows} rows, moving: exit {await ExitAsync(world)}");
            await RunAsync(world, damage.Undo);
            await world.StartHostAsync();
            before = position;
        }

        await world.JudgeAsync();
    }

    /// <summary>An entry that wakes a reader, and each stream has one that archives it, is committed before the next
    /// look finds that its stream is another one: <c>operator-late</c> does that.</summary>
    private static bool IsUndoneWhileIdle(Damage damage) =>
        !damage.OnlyWhenDown && !damage.Name.StartsWith("DEL and made anew", StringComparison.Ordinal);

    private static bool IsRead(Damage damage) => Topology.Stages.Any(stage => stage.Input == damage.Says);

    private static bool IsUndoneWhileMoving(Damage damage) => !damage.OnlyWhenDown && !damage.IsFoundLater;

    private static async Task IdleAsync(Trial trial, int count)
    {
        await using var world = await StartAsync(trial);
        await world.JudgeAsync();
        var damages = trial.Has(OperatorProtections.LossWatch)
            ? Pick(trial, [.. Stopping.Where(IsUndoneWhileIdle)], count)
            : [.. Stopping.Where(damage => damage.Name == "position set back tradeos:checkpoint:signal-qualifier")];
        foreach (var damage in damages)
        {
            await using var host = TradeOsProcess.Start(trial.Program, IdleArguments(world));
            await OpenAsync(world, host);
            await RunAsync(world, damage.Inflict);
            await StoppedAsync(host, damage, "idle");
            trial.Hit($"{damage} at {World.Rows} of {World.Rows} rows, idle: stopped");
            await RunAsync(world, damage.Undo);
        }

        await world.StartHostAsync();
        await world.JudgeAsync();
    }

    private static async Task GroupAsync(Trial trial)
    {
        await using var world = await StartAsync(trial);
        var (before, damages) = (0L, Repaired);
        for (var number = 0; number < damages.Count; number++)
        {
            var position = await world.ReachAsync(Next(before, damages.Count - number));
            await Poll.UntilAsync(async () => await TriesAsync(world, damages[number].Inflict));
            trial.Hit($"{damages[number]} at {position} of {World.Rows} rows, {position - before} on");
            before = position;
        }

        await world.JudgeAsync();
    }

    /// <summary>A host that stays when all is through.</summary>
    public static string[] IdleArguments(World world) =>
        [.. world.Arguments().Where(argument => argument is not ("--until-idle" or "--json"))];

    /// <summary>Where the next of so many damages is done, spread over the market.</summary>
    private static long Next(long before, int left) => before + 1 + ((World.Rows - 800 - before) / left);

    /// <summary>Until every reader has opened once the first host makes what is missing, as it must: a damage done
    /// before would be none.</summary>
    public static async Task<World> StartAsync(Trial trial)
    {
        var world = await World.CreateAsync(trial);
        await world.StartHostAsync();
        await Poll.UntilAsync(async () =>
            (await Standing.ReadersAsync(world)).Values.All(holder => holder.Owner is not null));
        return world;
    }

    /// <summary>Takes so many, each as likely; the seed says which.</summary>
    public static List<Damage> Pick(Trial trial, IReadOnlyList<Damage> damages, int count)
    {
        var all = damages.ToArray();
        trial.Random.Shuffle(all);
        return [.. all.Take(count)];
    }

    public static async Task RunAsync(World world, string script)
    {
        if (script.Length > 0) await world.AskAsync("EVAL", script, 0);
    }

    /// <summary>Whether it could be done: a group that the damage before took away may not be back yet, and a stage
    /// that has decided nothing has no state.</summary>
    private static async Task<bool> TriesAsync(World world, string script)
    {
        try
        {
            await RunAsync(world, script);
            return true;
        }
        catch (RedisServerException gone) when (gone.Message.StartsWith("NOGROUP", StringComparison.Ordinal)
            || gone.Message.Contains(Damage.Nothing, StringComparison.Ordinal))
        {
            Standing.ThrowIfEnded(world);
            return false;
        }
    }

    /// <summary>Every stage is open and waits for entries, one that commits in a chain by the first of it, so what the
    /// host finds is found while it idles.</summary>
    public static async Task OpenAsync(World world, TradeOsProcess host)
    {
        var (started, clients) = (TimeProvider.System.GetTimestamp(), "");
        while (!Topology.Chains.All(chain => IsWaiting(clients, chain[0])))
        {
            Trial.Demand(!host.HasExited, $"The host ended by itself: {World.Said(host.Error)}");
            Trial.Demand(
                TimeProvider.System.GetElapsedTime(started) < OpenWaitMax,
                $"The readers are not open after {OpenWaitMax.TotalSeconds} s:\n{clients}\n{host.Error}");
            await Task.Delay(10);
            clients = (string)(await world.AskAsync("CLIENT", "LIST"))!;
        }
    }

    private static bool IsWaiting(string clients, string reader) => clients.Split('\n').Any(client =>
        client.Contains($" name=tradeos:{reader} ", StringComparison.Ordinal)
        && client.Contains(" flags=b ", StringComparison.Ordinal));

    public static Task StoppedAsync(World world, Damage damage, string circumstance) =>
        StoppedAsync(world.Host, damage, circumstance);

    private static async Task StoppedAsync(TradeOsProcess host, Damage damage, string circumstance)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!host.HasExited && TimeProvider.System.GetElapsedTime(started) < StopWaitMax) await Task.Delay(20);
        Trial.Demand(host.HasExited, $"{damage}, {circumstance}: the host goes on: {host.Error}");
        var result = await host.EndAsync();
        var isRefusal = damage.Says == RedisKeys.Instance || damage.Name == "SWAPDB";
        Trial.Demand(
            result.ExitCode == 1 || (isRefusal && result.ExitCode == 3),
            $"{damage}, {circumstance}: exit {result.ExitCode}, expected 1: {result}");
        Trial.Demand(
            result.Error.Contains(damage.Says, StringComparison.Ordinal) || isRefusal,
            $"{damage}, {circumstance}: the message does not name {damage.Says}: {result.Error}");
    }

    public static async Task<string> ExitAsync(World world) =>
        (await world.Host.EndAsync()).ExitCode.ToString(CultureInfo.InvariantCulture);
}

using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.EndToEnd;
using static TradeOs.Tests.Chaos.OperatorScenarios;

namespace TradeOs.Tests.Chaos;

/// <summary>What an operator can take away that no redis-cli command brings back: found, said, and nothing written over
/// it.</summary>
internal static class OperatorLossScenarios
{
    private const int AheadLengthMax = 200;

    /// <summary>Long enough for the writer of a full stream to try again and again.</summary>
    private static readonly TimeSpan AheadTime = TimeSpan.FromMilliseconds(300);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "operator-set-back", "all data of Redis set back to an older copy while the host is down",
            "exit 1 naming the reader; put right, it goes on: same streams", OperatorProtections.Memory, SetBackAsync),
        new(
            "operator-late", "damage no commit meets, by redis-cli while the pipeline moves or idles: unread entries " +
            "trimmed or deleted, streams made anew or set back", "exit 1 naming the stream, again at each start",
            OperatorProtections.LossWatch, LateAsync) { ControlRoundsMax = 5 },
        new(
            "operator-flush", "FLUSHALL while the host is down, while the pipeline moves, while it idles",
            "the host stops and says so, again at each start; nothing is written; restored, it goes on: same streams",
            OperatorProtections.ServerKnown, FlushAsync),
        new(
            "operator-ahead", "count of a reader set forward by redis-cli, its stream full and its commit held",
            "nothing unread is trimmed; exit 1 naming the reader; undone, it goes on: same streams",
            OperatorProtections.ChecksumAtTrim, AheadAsync),
    ];

    /// <summary>The copy is consistent in itself: only what is kept beside Redis tells that it is an old one.</summary>
    private static async Task SetBackAsync(Trial trial)
    {
        await using var world = await StartAsync(trial);
        await world.ReachAsync(trial.Random.Next(500, 1500));
        await world.Host.KillAsync();
        const string all = "for _, k in ipairs(redis.call('KEYS', '*')) do ";
        await RunAsync(world, all + "redis.call('COPY', k, k, 'DB', 2) end");
        await world.StartHostAsync();
        var position = await world.ReachAsync(2000);
        await Task.Delay(2500, trial.Cancel);
        await world.Host.KillAsync();
        await RunAsync(world, "redis.call('SWAPDB', 0, 2)");
        await world.StartHostAsync();
        await StoppedAsync(world, new Damage("older copy", DamageOutcome.Stops, ""), "set back");
        trial.Hit($"all data set back from {position} of {World.Rows} rows: exit {await ExitAsync(world)}");
        await RunAsync(world, "redis.call('SWAPDB', 0, 2)");
        await world.StartHostAsync();
        await world.JudgeAsync();
    }

    /// <summary>Until it is found entries go on to be appended to what was damaged, so that nothing undoes it exactly:
    /// each has a pipeline of its own, which must stop and stay stopped.</summary>
    private static async Task LateAsync(Trial trial)
    {
        IReadOnlyList<Damage> late =
        [
            .. Stopping.Where(damage => damage.IsFoundLater && IsSeenInRedis(damage)),
            .. Topology.Stages.Select(stage => stage.Input!).SelectMany(Damage.OfUnread),
        ];
        var damages = trial.Has(OperatorProtections.LossWatch)
            ? Pick(trial, late, trial.IsShort ? 2 : 16)
            : [.. late.Where(damage => damage.Name == "DEL and made anew metrics.snapshot")];
        foreach (var damage in damages)
        {
            await using var world = await StartAsync(trial);
            var isIdle = !trial.IsShort && trial.Random.Next(2) == 0;
            var position = isIdle
                ? await IdleAsync(trial, world)
                : await world.ReachAsync(trial.Random.Next(500, World.Rows / 2));
            var circumstance = isIdle ? "idle" : "moving";
            await RunAsync(world, damage.Inflict);
            await StoppedAsync(world, damage, circumstance);
            trial.Hit($"{damage} at {position} of {World.Rows} rows, {circumstance}: exit {await ExitAsync(world)}");
            await world.StartHostAsync();
            await StoppedAsync(world, damage, "started again");
            world.Discard();
        }
    }

    private static async Task FlushAsync(Trial trial)
    {
        await using var world = await StartAsync(trial);
        var position = await world.ReachAsync(trial.Random.Next(500, 1000));
        await world.Host.KillAsync();
        await FlushedAsync(trial, world, position, "down", world.StartHostAsync);
        await world.StartHostAsync();
        position = await world.ReachAsync(position + trial.Random.Next(200, 1000));
        await FlushedAsync(trial, world, position, "moving", _ => Task.CompletedTask);
        await world.StartHostAsync();
        position = await IdleAsync(trial, world);
        await FlushedAsync(trial, world, position, "idle", _ => Task.CompletedTask);
        await world.StartHostAsync();
        await world.JudgeAsync();
    }

    private static async Task AheadAsync(Trial trial)
    {
        var reader = Topology.Reader("signal-engine");
        var key = RedisKeys.Checkpoint(reader.Name);
        var held = new Hold(request => Hold.Commits(request, reader.Name)) { IsArmed = false };
        await using var world = await World.CreateAsync(trial);
        await using var proxy = held.NewProxy(world);
        world.HostEndpoint = proxy.Endpoint;
        world.MoreArguments = ["--set", $"Streams:{reader.Input}:MaxLength={AheadLengthMax}"];
        await world.StartHostAsync();
        await world.ReachAsync(trial.Random.Next(500, World.Rows - (2 * AheadLengthMax)));
        held.IsArmed = true;
        await held.ReachedAsync(world);
        var unread = 0L;
        while (unread < AheadLengthMax / 2)
        {
            Standing.ThrowIfEnded(world);
            unread = await world.PositionAsync() - (long)await world.AskAsync("HGET", key, "count");
        }

        await world.AskAsync("HINCRBY", key, "count", unread);
        await Task.Delay(AheadTime, trial.Cancel);
        var position = await world.PositionAsync();
        held.Release();
        await StoppedAsync(world, new Damage("count ahead", DamageOutcome.Stops, "", Says: key), "full");
        trial.Hit($"count {unread} ahead at {position} of {World.Rows} rows: exit {await ExitAsync(world)}");
        await world.AskAsync("HINCRBY", key, "count", -unread);
        world.HostEndpoint = world.Wire.Endpoint;
        await world.StartHostAsync();
        await world.JudgeAsync();
    }

    /// <summary>Lets the host finish, and goes on with one that has nothing to do.</summary>
    private static async Task<long> IdleAsync(Trial trial, World world)
    {
        await world.JudgeAsync();
        world.GoOnWith(TradeOsProcess.Start(trial.Program, IdleArguments(world)));
        await OpenAsync(world, world.Host);
        return World.Rows;
    }

    /// <summary>Empties the server, expects the host to stop over it twice with nothing written, and puts back what
    /// was there.</summary>
    private static async Task FlushedAsync(
        Trial trial, World world, long position, string circumstance, Func<string[], Task> startAsync)
    {
        var all = (RedisResult[])(await world.AskAsync(
            "EVAL",
            "local all = {} for _, k in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = k " +
            "all[#all + 1] = redis.call('DUMP', k) end redis.call('FLUSHALL') return all", 0))!;
        await startAsync([]);
        var emptied = new Damage("FLUSHALL", DamageOutcome.Stops, "", Says: RedisKeys.Instance);
        await StoppedAsync(world, emptied, circumstance);
        var code = await ExitAsync(world);
        await world.StartHostAsync();
        await StoppedAsync(world, emptied, circumstance + ", started again");
        var keys = (string[])(await world.AskAsync("KEYS", "*"))!;
        Trial.Demand(keys.Length == 0, $"{emptied}, {circumstance}: written to all the same: {string.Join(' ', keys)}");
        for (var key = 0; key < all.Length; key += 2)
            await world.AskAsync("RESTORE", (string)all[key]!, 0, (byte[])all[key + 1]!);
        trial.Hit($"FLUSHALL at {position} of {World.Rows} rows, {circumstance}: exit {code}");
    }
}

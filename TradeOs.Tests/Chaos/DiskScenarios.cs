using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Disks that are full or fail, under redis and under the host.</summary>
internal static class DiskScenarios
{
    private const int LeftBytesMax = 64 * 1024;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "disk-full", "redis' disk, a small tmpfs, is full; room is made and redis started again",
            "the host pauses and says so; nothing lost, nothing twice; same streams",
            Protections.PositionInCommit, FullAsync) { RoundsLong = 3 },
        new(
            "fsync-error", "fsync and fdatasync of redis fail with EIO (preload); redis started again",
            "the host pauses and says so; nothing lost, nothing twice; same streams",
            Protections.PositionInCommit, trial => SyncAsync(trial)) { RoundsLong = 3 },
        new(
            "host-disk-full", "the disk of the data directory is full, at the first start, while it runs, at a restart",
            "the start fails and says so, the run goes on; what was remembered stays; same streams",
            FaultProtections.DraftFirst, HostAsync) { RoundsLong = 3 },
    ];

    private static async Task FullAsync(Trial trial)
    {
        await using var disk = await SmallDisk.MountAsync();
        using var orders = await PreloadedOrders.CreateAsync();
        trial.Say(disk is null ? "no tmpfs may be mounted here: ENOSPC comes from the preload" : $"tmpfs {disk.Path}");
        await using var world = World.On(trial, disk is null
            ? await RedisServerProcess.StartAsync(orders.Environment)
            : await RedisServerProcess.StartAsync("--dir", disk.Path));
        await world.StartHostAsync();
        await RedisEndsAsync(trial, world, random =>
        {
            if (disk is null) orders.FailWrites(PreloadedOrders.NoSpace);
            else disk.Fill(random.Next(LeftBytesMax));
        }, () =>
        {
            orders.FailWrites(0);
            disk?.Empty();
        });
        await world.JudgeAsync();
    }

    private static async Task SyncAsync(Trial trial)
    {
        using var orders = await PreloadedOrders.CreateAsync();
        await using var world = World.On(trial, await RedisServerProcess.StartAsync(orders.Environment));
        await world.StartHostAsync();
        await RedisEndsAsync(
            trial, world, _ => orders.FailSyncs(PreloadedOrders.InputOutput), () => orders.FailSyncs(0));
        Trial.Demand(orders.Failed > 0, "No sync failed.");
        await world.JudgeAsync();
    }

    /// <summary>Damages the disk while the pipeline moves until redis ends by itself, waits until the host says that it
    /// paused, mends the disk and starts redis again.</summary>
    private static async Task RedisEndsAsync(Trial trial, World world, Action<Random> damage, Action mend)
    {
        var kind = new Disturbance("disk", async (inside, random) =>
        {
            // Behind a restart the file is rewritten first: on a full disk that fails and is waited for, and redis,
            // which is given nothing to write, would live on.
            await inside.ReachAsync(await inside.PositionAsync() + 1);
            // A pause is said once, and is over when the last of the connections is back.
            var paused = FreezeScenarios.Count(inside.Host, "Paused:");
            await FreezeScenarios.SaidAsync(inside, "Resumed:", paused);
            damage(random);
            var code = await inside.Redis.EndedAsync();
            var reason = inside.Redis.Log().TrimEnd().Split('\n')[^1];
            await FreezeScenarios.SaidAsync(inside, "Paused:", paused + 1);
            mend();
            await inside.Redis.KillAsync();
            await inside.Redis.StartAgainAsync();
            return $"redis exited with {code}: {reason}";
        });
        await world.DisturbAsync(trial.IsShort ? 1 : 10, [kind]);
        await Freeze.ExamineAsync(world);
    }

    private static async Task HostAsync(Trial trial)
    {
        await using var world = await World.CreateAsync(trial);
        await using var disk = await SmallDisk.MountAsync(world.DataDirectory);
        using var orders = await PreloadedOrders.CreateAsync();
        trial.Say(disk is null ? "no tmpfs may be mounted here: ENOSPC comes from the preload" : $"tmpfs {disk.Path}");
        if (disk is null)
            foreach (var (name, value) in orders.Environment) world.Program = world.Program.With(name, value);

        Fill();
        await FailsLoudlyAsync(trial, world, "first start");
        Empty();
        await world.StartHostAsync();
        var position = await world.ReachAsync(1 + trial.Random.Next(World.Rows / 4));
        Fill();
        var stand = await GoesOnOrWaitsAsync(world, position);
        trial.Hit($"disk of the data directory full at {position} of {World.Rows} rows, {stand}");
        await world.Host.KillAsync();

        // Another way to the same server is something to be remembered.
        await using var detour = new TcpProxy(Hold.PortOf(world), _ => Task.FromResult(Fault.None));
        world.HostEndpoint = detour.Endpoint;
        await FailsLoudlyAsync(trial, world, "restart with something to remember");
        Empty();
        await world.StartHostAsync();
        await world.JudgeAsync();

        void Fill()
        {
            if (disk is null) orders.FailWrites(PreloadedOrders.NoSpace);
            else disk.Fill(0);
        }

        void Empty()
        {
            orders.FailWrites(0);
            disk?.Empty();
        }
    }

    /// <summary>The run goes on without the data directory as long as the streams hold what the archive has not read;
    /// the first that is full of it waits, and says for whom.</summary>
    private static async Task<string> GoesOnOrWaitsAsync(World world, long position)
    {
        const int rows = 500;
        if (StreamCaps.LengthMax is not { } most || most > 2 * rows)
            return $"it went on to {await world.ReachAsync(position + rows)}";
        await FreezeScenarios.SaidAsync(world, "held by archive:", 1);
        return $"it waited for the archive at {await world.PositionAsync()}";
    }

    private static async Task FailsLoudlyAsync(Trial trial, World world, string when)
    {
        await world.StartHostAsync();
        var end = await world.Host.EndAsync();
        Trial.Demand(
            end.ExitCode is 1 or 2 or 3 && end.Error.Contains("No space left", StringComparison.Ordinal)
                && end.Error.Contains(world.DataDirectory, StringComparison.Ordinal),
            $"Expected the {when} on a full disk to fail and to say why and where: {end}");
        trial.Hit($"{when} on a full disk: {end.Error.TrimEnd().Split('\n')[^1]}");
    }
}

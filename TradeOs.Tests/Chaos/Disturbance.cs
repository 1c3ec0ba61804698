namespace TradeOs.Tests.Chaos;

/// <summary>A fault that a moving pipeline must survive by itself or by being started again.</summary>
/// <param name="Name">Short, as in <c>kill-host</c>.</param>
/// <param name="InflictAsync">Does it to a world that moves, and leaves it so that it moves again; returns the proof
/// that it hit.</param>
internal sealed record Disturbance(string Name, Func<World, Random, Task<string>> InflictAsync)
{
    /// <summary>kill -9 of the host; another is started.</summary>
    public static Disturbance KillHost { get; } = new("kill-host", async (world, _) =>
    {
        await world.Host.KillAsync();
        var proof = $"host killed, process {world.Host.Id}";
        await world.ExamineAsync();
        await world.StartHostAsync();
        return proof;
    });

    /// <summary>kill -9 of redis; it is started again.</summary>
    public static Disturbance KillRedis { get; } = new("kill-redis", async (world, _) =>
    {
        var process = world.Redis.ProcessId;
        await world.Redis.KillAsync();
        await world.Redis.StartAgainAsync();
        return $"redis killed, process {process}";
    });

    /// <summary>kill -9 of redis, some rows, and kill -9 again.</summary>
    public static Disturbance KillRedisTwice { get; } = new("kill-redis-twice", async (world, random) =>
    {
        await world.Redis.RestartAsync();
        var between = await world.PositionAsync();
        var position = await world.ReachAsync(between + random.Next(1, 60));
        await world.Redis.RestartAsync();
        await world.ExamineAsync();
        return $"redis killed, again {position - between} rows on";
    });

    /// <summary>kill -9 of both, in any order.</summary>
    public static Disturbance KillBoth { get; } = new("kill-both", async (world, random) =>
    {
        var isHostFirst = random.Next(2) == 0;
        if (isHostFirst) await world.Host.KillAsync();
        await world.Redis.KillAsync();
        if (!isHostFirst) await world.Host.KillAsync();
        await world.Redis.StartAgainAsync();
        await world.ExamineAsync();
        await world.StartHostAsync();
        return isHostFirst ? "host, then redis killed" : "redis, then host killed";
    });

    /// <summary>kill -9 of the host, and of the next one while it starts.</summary>
    public static Disturbance KillStart { get; } = new("kill-start", async (world, random) =>
    {
        await world.Host.KillAsync();
        await world.StartHostAsync();
        var waitMs = random.Next(1, 800);
        await Task.Delay(waitMs);
        await world.Host.KillAsync();
        await world.ExamineAsync();
        await world.StartHostAsync();
        return $"host killed, and the next one {waitMs} ms after its start";
    });

    /// <summary>Every kind of kill.</summary>
    public static IReadOnlyList<Disturbance> Kills { get; } =
    [
        KillHost,
        KillRedis,
        KillRedisTwice,
        KillBoth,
        KillStart,
    ];

    public override string ToString() => Name;
}

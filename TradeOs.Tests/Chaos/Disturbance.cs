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

    public override string ToString() => Name;
}

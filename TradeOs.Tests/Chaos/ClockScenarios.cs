using System.Globalization;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Wall clocks that jump under redis and under the host, each by itself.</summary>
internal static class ClockScenarios
{
    private static readonly TimeSpan[] Jumps =
    [
        TimeSpan.FromSeconds(3), TimeSpan.FromHours(1), TimeSpan.FromDays(365), TimeSpan.FromSeconds(-3),
        TimeSpan.FromHours(-1), TimeSpan.FromDays(-365),
    ];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "clock", "the wall clock of redis or of the host jumps by seconds, an hour, a year, both ways (preload)",
            "ids increase, nothing stands still, it ends; same streams",
            FaultProtections.IdsOfTheServer, RunAsync) { RoundsLong = 3, ControlRoundsMax = 2 },
    ];

    private static async Task RunAsync(Trial trial)
    {
        using var servers = await PreloadedOrders.CreateAsync();
        using var hosts = await PreloadedOrders.CreateAsync();
        await using var world = World.On(trial, await RedisServerProcess.StartAsync(servers.Environment));
        foreach (var (name, value) in hosts.Environment) world.Program = world.Program.With(name, value);
        await world.StartHostAsync();

        // Every jump once under each of the two, in random order; the last leaves both where they are.
        var jumps = Jumps.SelectMany(jump => new[] { (jump, IsServer: true), (jump, IsServer: false) }).ToArray();
        trial.Random.Shuffle(jumps);
        if (!trial.IsShort) jumps = [.. jumps, .. jumps, .. jumps];
        var left = new Queue<(TimeSpan By, bool IsServer)>(jumps);
        var jump = new Disturbance("clock", (inside, _) => JumpAsync(inside, left.Dequeue(), servers, hosts));
        await world.DisturbAsync(left.Count, [jump]);
        await world.JudgeAsync();
    }

    private static async Task<string> JumpAsync(
        World world, (TimeSpan By, bool IsServer) jump, PreloadedOrders servers, PreloadedOrders hosts)
    {
        var orders = jump.IsServer ? servers : hosts;
        var before = await TimeAsync(world);
        orders.Shift(jump.By);
        var told = orders.Shifted;
        await Poll.UntilAsync(() => Task.FromResult(orders.Shifted > told || world.Host.HasExited));
        var whose = jump.IsServer ? $"redis', from {before:u} to {await TimeAsync(world):u}" : "the host's";
        return $"clock off by {jump.By}, {whose}";
    }

    private static async Task<DateTimeOffset> TimeAsync(World world)
    {
        var answer = (string[])(await world.AskAsync("TIME"))!;
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(answer[0], CultureInfo.InvariantCulture));
    }
}

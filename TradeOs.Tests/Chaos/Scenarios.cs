namespace TradeOs.Tests.Chaos;

/// <summary>Every way to break things that the harness knows, in the order of the fault table.</summary>
internal static class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "kill-host", "kill -9 of the host at random", "nothing lost, nothing twice; same streams",
            Protections.PositionInCommit, trial => MovingAsync(trial, [Disturbance.KillHost], trial.IsShort ? 3 : 20))
        { RoundsLong = 11 },
        new(
            "kill-redis", "kill -9 of redis at random", "nothing acknowledged is lost; same streams",
            Protections.PositionInCommit, trial => MovingAsync(trial, [Disturbance.KillRedis], trial.IsShort ? 2 : 20))
        { RoundsLong = 11 },
        new(
            "kill-twice", "kill -9 of redis twice with writes between", "nothing acknowledged is lost; same streams",
            Protections.PositionInCommit,
            trial => MovingAsync(trial, [Disturbance.KillRedisTwice], trial.IsShort ? 1 : 10)),
        new(
            "kill-both", "kill -9 of host and redis together", "nothing lost, nothing twice; same streams",
            Protections.PositionInCommit, trial => MovingAsync(trial, [Disturbance.KillBoth], trial.IsShort ? 1 : 10)),
        new(
            "kill-start", "kill -9 of a host that starts", "nothing lost, nothing twice; same streams",
            Protections.PositionInCommit, trial => MovingAsync(trial, [Disturbance.KillStart], trial.IsShort ? 1 : 10)),
        new(
            "combined", "kills, frozen servers and hosts and take-overs at random in one run",
            "nothing lost, nothing twice; same streams", Protections.PositionInCommit,
            trial => MovingAsync(trial, Combined(trial), trial.IsShort ? 2 : 20)) { RoundsLong = 3 },
        .. FailpointScenarios.All,
        .. OwnershipScenarios.All,
        .. TailScenarios.All,
        .. ZombieScenarios.All,
        .. TwoHostScenarios.All,
        .. FreezeScenarios.All,
        .. NetworkScenarios.All,
        .. DiskScenarios.All,
        .. ClockScenarios.All,
        .. OperatorScenarios.All,
        .. OperatorLossScenarios.All,
        .. SettingScenarios.All,
        .. HostileScenarios.All,
    ];

    /// <summary>The scenario of that name.</summary>
    public static Scenario Named(string name) =>
        All.FirstOrDefault(scenario => scenario.Name == name) ?? throw new KeyNotFoundException(
            $"'{name}' is no scenario; expected one of {string.Join(", ", All.Select(scenario => scenario.Name))}.");

    private static IReadOnlyList<Disturbance> Combined(Trial trial) =>
    [
        .. Disturbance.Kills, FreezeScenarios.FreezeRedis, FreezeScenarios.FreezeAndKillRedis,
        ZombieScenarios.TakeOver(trial),
    ];

    private static async Task MovingAsync(Trial trial, IReadOnlyList<Disturbance> kinds, int count)
    {
        await using var world = await World.CreateAsync(trial);
        if (kinds.Count > 1) world.MoreArguments = FreezeScenarios.Impatient;
        await world.StartHostAsync();
        await world.DisturbAsync(count, kinds);
        await world.JudgeAsync();
    }
}

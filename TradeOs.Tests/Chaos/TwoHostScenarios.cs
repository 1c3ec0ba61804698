using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Hosts that are started within a few milliseconds of each other, on an empty server.</summary>
internal static class TwoHostScenarios
{
    private const int OffsetMsMax = 30;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "two-hosts", "two hosts started at once, on one data directory or two",
            "one runs, the other exits 3 and says whose the server is; same streams",
            FaultProtections.OneHost, trial => RoundsAsync(trial, TwoAsync, 2)),
        new(
            "three-take-over", "three hosts started at once with --take-over",
            "one survives, the others exit 3; same streams",
            FaultProtections.OwnerAtOpening, trial => RoundsAsync(trial, ThreeAsync, 1)) { ControlRoundsMax = 8 },
    ];

    private static async Task RoundsAsync(Trial trial, Func<Trial, int, Task> round, int countShort)
    {
        for (var number = 0; number < (trial.IsShort ? countShort : 10); number++) await round(trial, number);
    }

    private static async Task TwoAsync(Trial trial, int number)
    {
        await using var world = await World.CreateAsync(trial);
        using var other = new TemporaryDirectory();
        var isShared = number % 2 == 0;
        await world.StartHostAsync();
        var offsetMs = trial.Random.Next(OffsetMsMax);
        await Task.Delay(offsetMs);
        await using var first = world.GoOnWith(Start(world, isShared ? world.DataDirectory : other.Path));
        await using var second = world.Host;

        var loser = await SurvivorAsync(world, [first, second], []);

        if (!isShared && world.Host == second) world.ArchiveDirectory = other.Path;
        var named = $"Host {Environment.MachineName}:{world.Host.Id} runs the pipeline";
        var isNamed = loser[0].Contains(named, StringComparison.Ordinal)
            || (!isShared && loser[0].Contains("belongs to another data directory", StringComparison.Ordinal));
        Trial.Demand(isNamed, $"The host that gave way did not say to whom, expected \"{named}\": {loser[0]}");
        trial.Hit($"two hosts {offsetMs} ms apart, {(isShared ? "one data directory" : "two")}: one gave way");
        await world.JudgeAsync();
    }

    private static async Task ThreeAsync(Trial trial, int number)
    {
        await using var world = await World.CreateAsync(trial);
        await world.StartHostAsync("--take-over");
        await Task.Delay(trial.Random.Next(OffsetMsMax));
        await using var first = world.StartHeir("--take-over");
        await Task.Delay(trial.Random.Next(OffsetMsMax));
        await using var second = world.StartHeir("--take-over");
        await using var third = world.Host;

        await SurvivorAsync(world, [first, second, third], ["so that nothing is done twice", "runs the pipeline"]);

        trial.Hit($"three hosts took over from each other, process {world.Host.Id} survived");
        await world.JudgeAsync();
    }

    /// <summary>Waits for all of them; the one that did its work becomes the world's.</summary>
    /// <returns>What the others said.</returns>
    private static async Task<List<string>> SurvivorAsync(
        World world, IReadOnlyList<TradeOsProcess> hosts, IReadOnlyList<string> reasons)
    {
        var ends = await Task.WhenAll(hosts.Select(host => host.EndAsync()));
        var codes = string.Join(", ", ends.Select(end => end.ExitCode));
        Trial.Demand(
            ends.Count(end => end.ExitCode == 0) == 1 && ends.Count(end => end.ExitCode == 3) == hosts.Count - 1,
            $"Exit codes {codes}, expected one 0 and the others 3:\n" +
            string.Join('\n', ends.Select(end => end.Error)));
        var losers = ends.Where(end => end.ExitCode == 3).Select(end => end.Error).ToList();
        Trial.Demand(
            reasons.Count == 0 || losers.All(said => reasons.Any(said.Contains)),
            $"A host that gave way did not say why: {string.Join('\n', losers)}");
        world.GoOnWith(hosts[ends.ToList().FindIndex(end => end.ExitCode == 0)]);
        return losers;
    }

    private static TradeOsProcess Start(World world, string directory)
    {
        var arguments = world.Arguments();
        arguments[Array.IndexOf(arguments, "--data") + 1] = directory;
        return TradeOsProcess.Start(world.Program, arguments);
    }
}

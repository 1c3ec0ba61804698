using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Redis that stands still: its connections are open, nobody answers.</summary>
internal static class FreezeScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "freeze-redis", "SIGSTOP of redis for longer than the host waits; SIGCONT",
            "the pause is said once, then it resumes; same streams",
            Protections.PositionInCommit, trial => RunAsync(trial, FreezeRedis, 1, 15)),
        new(
            "freeze-redis-kill", "SIGSTOP of redis under a commit, then kill -9",
            "the commit lands once; same streams",
            Protections.PositionInCommit, trial => RunAsync(trial, FreezeAndKillRedis, 1, 25)),
    ];

    /// <summary>Settings with which a host gives up waiting after a second.</summary>
    public static IReadOnlyList<string> Impatient { get; } = ["--set", "Redis:CommandTimeout=00:00:01"];

    /// <summary>Redis frozen until the host says that it paused, then let go on until it says that it
    /// resumed.</summary>
    public static Disturbance FreezeRedis => new("freeze-redis", async (world, _) =>
    {
        var (paused, resumed) = (Count(world.Host, "Paused:"), Count(world.Host, "Resumed:"));
        await Freeze.StopAsync(world.Redis.ProcessId);
        await SaidAsync(world, "Paused:", paused + 1);
        await Signals.ContinueAsync(world.Redis.ProcessId);
        await SaidAsync(world, "Resumed:", resumed + 1);
        return $"redis frozen until the host paused, process {world.Redis.ProcessId}";
    });

    /// <summary>Redis frozen just before a commit reaches it, and killed with that commit unread.</summary>
    public static Disturbance FreezeAndKillRedis => new("freeze-redis-kill", async (world, _) =>
    {
        var process = world.Redis.ProcessId;
        var under = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        WireRequest? first = null;
        world.Wire.Watch = async moment =>
        {
            if (!moment.Request.IsCommit) return true;
            if (moment.Phase == WirePhase.Sent && Interlocked.CompareExchange(ref first, moment.Request, null) is null)
                await Freeze.StopAsync(process);
            if (moment.Phase == WirePhase.Forwarded && ReferenceEquals(first, moment.Request))
                under.TrySetResult(moment.Request.Reader);
            return true;
        };
        while (await Task.WhenAny(under.Task, Task.Delay(50)) != under.Task) Standing.ThrowIfEnded(world);
        var reader = await under.Task;
        world.Wire.Watch = null;
        await world.Redis.KillAsync();
        await world.Redis.StartAgainAsync();
        return $"redis frozen under a commit of {reader} and killed, process {process}";
    });

    private static async Task RunAsync(Trial trial, Disturbance kind, int countShort, int countLong)
    {
        await using var world = await World.CreateAsync(trial);
        world.MoreArguments = Impatient;
        await world.StartHostAsync();
        var count = trial.IsShort ? countShort : countLong;
        await world.DisturbAsync(count, [kind]);
        await Freeze.ExamineAsync(world);
        await world.JudgeAsync();
        var (paused, resumed) = (Count(world.Host, "Paused:"), Count(world.Host, "Resumed:"));
        Trial.Demand(
            paused <= count && resumed == paused,
            $"{count} outages, and the host said {paused} times that it paused and {resumed} times that it resumed: " +
            world.Host.Error);
    }

    /// <summary>Waits until the host said something so often.</summary>
    public static async Task SaidAsync(World world, string word, int count)
    {
        while (Count(world.Host, word) < count)
        {
            Standing.ThrowIfEnded(world);
            await Task.Delay(10);
        }
    }

    /// <summary>How often a host said something.</summary>
    public static int Count(TradeOsProcess host, string word) => host.Error.Split(word).Length - 1;
}

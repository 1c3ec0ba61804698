using TradeOs.Bus;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Settings of Redis changed while the pipeline moves: the host stops with exit code 3, or waits.</summary>
internal static class SettingScenarios
{
    private static readonly TimeSpan StopWaitMax = TimeSpan.FromSeconds(60);

    /// <summary>The change that is made, how it is undone, and what the message names.</summary>
    private static readonly (string Wrong, string Right, string[] Names)[] Stopping =
    [
        Setting("maxmemory-policy", "allkeys-lru", "noeviction"), Setting("appendonly", "no", "yes"),
        Setting("appendfsync", "everysec", "always"), Setting("appendfsync", "no", "always"),
        Setting("no-appendfsync-on-rewrite", "yes", "no"),
        Setting("min-replicas-to-write", "1", "0") with { Names = ["min-replicas-to-write", "NOREPLICAS"] },
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", ["REPLICAOF NO ONE"]),
        ("ACL SETUSER default -xadd", "ACL SETUSER default +xadd", ["+xadd"]),
        Setting("requirepass", "secret", "") with { Names = ["Redis:Password"] },
    ];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "setting-stops",
            "a setting that would lose data, a password, REPLICAOF, a permission taken away, while the pipeline moves",
            "exit 3 naming what changed; put back, same streams", OperatorProtections.SettingsWatched, StopsAsync),
        new(
            "setting-waits",
            "maxmemory too small, CLIENT PAUSE, CLIENT KILL, SCRIPT FLUSH, BGREWRITEAOF, BGSAVE, RESETSTAT",
            "it waits and goes on by itself; same streams", Protections.PositionInCommit, WaitsAsync),
    ];

    private static async Task StopsAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var before = 0L;
        var settings = Stopping.ToArray();
        trial.Random.Shuffle(settings);
        if (trial.IsShort) settings = settings[..2];

        // The pause keeps what is written meanwhile from being lost. Readers whose commit waits open again, and each
        // opening examines the server as well.
        var isWatched = trial.Has(OperatorProtections.SettingsWatched);
        if (!isWatched) settings = [Stopping[0]];
        for (var number = 0; number < settings.Length; number++)
        {
            var (wrong, right, names) = settings[number];
            var position = await world.ReachAsync(
                before + 1 + (((World.Rows / 2) - before) / (settings.Length - number)));
            if (isWatched) await world.AskAsync("CLIENT", "PAUSE", 3000, "WRITE");
            await AskAsync(world, wrong);
            await StoppedAsync(world.Host, wrong, names);
            trial.Hit($"{wrong} at {position} of {World.Rows} rows: exit 3");
            await AskAsync(world, right);
            await world.AskAsync("CLIENT", "UNPAUSE");
            await Poll.UntilAsync(async () => ((string)(await world.AskAsync("INFO", "persistence"))!)
                .Contains("aof_rewrite_in_progress:0", StringComparison.Ordinal));
            await world.StartHostAsync();
            before = position;
        }

        await world.JudgeAsync();
    }

    private static async Task WaitsAsync(Trial trial)
    {
        string[][] commands =
        [
            ["CONFIG", "SET", "maxmemory", "1"], ["CLIENT", "PAUSE", "300"], ["CLIENT", "KILL", "TYPE", "normal"],
            ["SCRIPT", "FLUSH"], ["BGREWRITEAOF"], ["BGSAVE", "SCHEDULE"], ["CONFIG", "RESETSTAT"],
        ];
        await using var world = await World.StartAsync(trial);
        var before = 0L;
        for (var number = 0; number < commands.Length; number++)
        {
            var position = await world.ReachAsync(
                before + 1 + ((World.Rows - 800 - before) / (commands.Length - number)));
            await world.AskAsync(commands[number][0], [.. commands[number][1..]]);
            if (commands[number] is ["CONFIG", "SET", ..])
            {
                await Task.Delay(500, trial.Cancel);
                await world.AskAsync("CONFIG", "SET", "maxmemory", "0");
            }

            trial.Hit(
                $"{string.Join(' ', commands[number])} at {position} of {World.Rows} rows, {position - before} on");
            before = position;
        }

        await world.JudgeAsync();
    }

    private static (string Wrong, string Right, string[] Names) Setting(string name, string wrong, string right) =>
        ($"CONFIG SET {name} {wrong}", $"CONFIG SET {name} {right}", [name]);

    private static async Task AskAsync(World world, string command)
    {
        var words = command.Split(' ');
        await world.AskAsync(words[0], [.. words[1..]]);
    }

    private static async Task StoppedAsync(TradeOsProcess host, string change, string[] names)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!host.HasExited && TimeProvider.System.GetElapsedTime(started) < StopWaitMax) await Task.Delay(20);
        Trial.Demand(host.HasExited, $"{change}: the host goes on: {host.Error}");
        var result = await host.EndAsync();
        Trial.Demand(result.ExitCode == 3, $"{change}: exit {result.ExitCode}, expected 3: {result}");
        Trial.Demand(
            names.Any(name => result.Error.Contains(name, StringComparison.Ordinal)),
            $"{change}: the message names none of {string.Join(", ", names)}: {result.Error}");
    }
}

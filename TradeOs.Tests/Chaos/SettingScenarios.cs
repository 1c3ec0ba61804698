using TradeOs.Bus;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Settings of Redis changed while the pipeline moves: the host stops with exit code 3, or waits.</summary>
internal static class SettingScenarios
{
    private static readonly TimeSpan StopWaitMax = TimeSpan.FromSeconds(60);

    /// <summary>Setting, wrong value, right value, what the message names.</summary>
    private static readonly (string Setting, string Wrong, string Right)[] Stopping =
    [
        ("maxmemory-policy", "allkeys-lru", "noeviction"), ("appendonly", "no", "yes"),
        ("appendfsync", "everysec", "always"), ("appendfsync", "no", "always"),
        ("no-appendfsync-on-rewrite", "yes", "no"), ("min-replicas-to-write", "1", "0"),
    ];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "setting-stops", "CONFIG SET of a setting that would lose data, while the pipeline moves",
            "exit 3 naming the setting; put back, same streams", OperatorProtections.SettingsWatched, StopsAsync),
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
            var (setting, wrong, right) = settings[number];
            var position = await world.ReachAsync(
                before + 1 + (((World.Rows / 2) - before) / (settings.Length - number)));
            if (isWatched) await world.AskAsync("CLIENT", "PAUSE", 3000, "WRITE");
            await world.AskAsync("CONFIG", "SET", setting, wrong);
            await StoppedAsync(world.Host, setting);
            trial.Hit($"{setting} {wrong} at {position} of {World.Rows} rows: exit 3");
            await world.AskAsync("CONFIG", "SET", setting, right);
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

    private static async Task StoppedAsync(TradeOsProcess host, string setting)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!host.HasExited && TimeProvider.System.GetElapsedTime(started) < StopWaitMax) await Task.Delay(20);
        Trial.Demand(host.HasExited, $"{setting}: the host goes on: {host.Error}");
        var result = await host.EndAsync();
        Trial.Demand(result.ExitCode == 3, $"{setting}: exit {result.ExitCode}, expected 3: {result}");
        var names = setting == "min-replicas-to-write" ? "NOREPLICAS" : setting;
        Trial.Demand(
            result.Error.Contains(setting, StringComparison.Ordinal)
                || result.Error.Contains(names, StringComparison.Ordinal),
            $"{setting} is not named: {result.Error}");
    }
}

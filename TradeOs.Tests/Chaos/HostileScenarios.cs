using System.Globalization;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>Entries that outsiders add to every stream while the pipeline moves.</summary>
internal static class HostileScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "hostile-entries",
            "malformed, oversized, non-UTF-8 entries XADDed to every stream while it moves, host or redis killed " +
            "behind",
            "exactly one dead letter each, none lost; beside them the same streams", OperatorProtections.LetterForEach,
            RunAsync),
        new(
            "chain-outside",
            "an entry of somebody else between two stages that commit together, just before a commit that would pass " +
            "it by",
            "it has its dead letter; beside it the same streams", FaultProtections.NothingWaits, ChainAsync),
    ];

    private static async Task RunAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var (before, batches, hostile) = (0L, trial.IsShort ? 2 : 20, new HashSet<string>(StringComparer.Ordinal));
        for (var number = 0; number < batches; number++)
        {
            var position = await world.ReachAsync(before + 1 + ((World.Rows - 800 - before) / (batches - number)));
            var added = 0;
            foreach (var stream in Topology.Streams)
                foreach (var fields in Entries(trial.Random, number == 0))
                {
                    var id = (string)(await world.AskAsync("XADD", [stream, "*", .. fields]))!;
                    hostile.Add($"{stream} {id}");
                    added++;
                }

            var kill = number % 2 == 0 ? Disturbance.KillHost : Disturbance.KillRedis;
            if (kill == Disturbance.KillRedis) await world.Redis.RestartAsync();
            else await KillHostAsync(world);
            trial.Hit(
                $"{added} hostile entries at {position} of {World.Rows} rows, {position - before} on, {kill.Name}");
            before = position;
        }

        var result = await world.EndAsync();
        Trial.Demand(result.ExitCode == 0, $"The host did not finish: {World.Said(result.Error)}");
        await JudgeAsync(world, hostile);
        world.Discard();
        trial.Say($"{hostile.Count} hostile entries, each where it was added, those of an input with its dead letter");
    }

    /// <summary>Behind each of them the stages go on apart for a while, longer every time.</summary>
    private static async Task ChainAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var (before, hostile) = (0L, new HashSet<string>(StringComparer.Ordinal));
        for (var number = 0; number < (trial.IsShort ? 1 : 3); number++)
        {
            var position = await world.ReachAsync(before + 1 + trial.Random.Next(World.Rows / 10));
            var passed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var isStruck = 0;
            world.Wire.Watch = async moment =>
            {
                if (moment.Phase != WirePhase.Sent || moment.Request.Committing.Count < 2) return true;
                if (Interlocked.Exchange(ref isStruck, 1) == 1) return true;
                var stream = Topology.Reader(moment.Request.Committing[^1]).Input!;
                passed.SetResult($"{stream} {(string)(await world.AskAsync("XADD", stream, "*", "text", "x"))!}");
                return true;
            };
            while (!passed.Task.IsCompleted && !world.Host.HasExited) await Task.Delay(5, trial.Cancel);
            world.Wire.Watch = null;
            if (!passed.Task.IsCompleted) break;
            hostile.Add(await passed.Task);
            trial.Hit($"{await passed.Task} before a commit of a chain, at {position} of {World.Rows} rows");
            before = position;
        }

        var result = await world.EndAsync();
        Trial.Demand(result.ExitCode == 0, $"The host did not finish: {World.Said(result.Error)}");
        await JudgeAsync(world, hostile);
        world.Discard();
    }

    private static async Task KillHostAsync(World world)
    {
        await world.Host.KillAsync();
        await world.StartHostAsync();
    }

    /// <summary>Without the hostile entries and the letters about them the streams are those of a run nobody disturbed;
    /// each hostile entry is there, and one of an input has exactly one letter.</summary>
    private static async Task JudgeAsync(World world, HashSet<string> hostile)
    {
        using var bus = world.NewBus();
        var history = world.HistoryOn(bus);
        var (found, letters) = (new HashSet<string>(StringComparer.Ordinal), new Dictionary<string, int>());
        foreach (var (stream, expected) in await Judgement.Undisturbed)
        {
            using var digest = new StreamDigest(stream);
            await foreach (var entry in history.EntriesAsync(stream, EntryId.Zero, EntryId.Max, default))
            {
                var about = stream == StreamNames.DeadLetters ? $"{Text(entry, "stream")} {Text(entry, "id")}" : "";
                if (hostile.Contains($"{stream} {entry.Id}")) found.Add($"{stream} {entry.Id}");
                else if (hostile.Contains(about)) letters[about] = letters.GetValueOrDefault(about) + 1;
                else digest.Add(entry);
            }

            Trial.Demand(
                digest.ToHex() == expected,
                $"{stream} without the hostile entries differs from an undisturbed run: {digest.Count} entries.");
        }

        Trial.Demand(
            found.SetEquals(hostile), $"Of {hostile.Count} entries added from outside {found.Count} are left.");
        foreach (var entry in hostile)
        {
            var isRead = Topology.Stages.Any(stage => stage.Input == entry.Split(' ')[0]);
            var count = letters.GetValueOrDefault(entry);
            Trial.Demand(
                count == (isRead ? 1 : 0), $"{entry} has {count} dead letters, expected {(isRead ? "one" : "none")}.");
        }
    }

    private static string Text(Entry entry, string name) =>
        entry.Fields.TryGet(System.Text.Encoding.UTF8.GetBytes(name), out var value)
            ? System.Text.Encoding.UTF8.GetString(value)
            : "";

    private static IEnumerable<object[]> Entries(Random random, bool isFirst)
    {
        var number = random.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
        yield return ["at", "yesterday"];
        yield return ["symbol", "A", "symbol", "B", "at", "2024-08-08T12:00:00Z"];
        yield return ["", ""];
        yield return ["at", new byte[] { 0xff, 0xfe, 0x00, 0x1b, (byte)'[', (byte)'2', (byte)'J', 0x0a }];
        yield return ["price", "NaN", "qty", "1e400", "at", "9999-12-31T00:00:00Z", "cause", number + "-0"];
        yield return ["*3\r\n$3\r\nDEL\r\n", "redis.call('FLUSHALL') -- " + number];
        if (isFirst) yield return ["note", new string('x', 1024 * 1024)];
    }
}

using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Chaos;

/// <summary>Entries that outsiders add to every stream while the pipeline moves.</summary>
internal static class HostileScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "hostile-entries", "malformed, oversized, non-UTF-8 entries XADDed to every stream while it moves",
            "exactly one dead letter each, the host killed after each batch included; it runs to its end",
            OperatorProtections.LetterForEach, RunAsync),
    ];

    private static async Task RunAsync(Trial trial)
    {
        await using var world = await World.StartAsync(trial);
        var (before, batches, hostile) = (0L, trial.IsShort ? 2 : 20, new HashSet<string>(StringComparer.Ordinal));
        for (var number = 0; number < batches; number++)
        {
            var position = await world.ReachAsync(before + 1 + ((World.Rows - 800 - before) / (batches - number)));
            var added = 0;
            foreach (var stream in Topology.Stages.Select(stage => stage.Input!))
                foreach (var fields in Entries(trial.Random, number == 0))
                {
                    var id = (string)(await world.AskAsync("XADD", [stream, "*", .. fields]))!;
                    hostile.Add($"{stream} {id}");
                    added++;
                }

            await world.Host.KillAsync();
            await world.StartHostAsync();
            trial.Hit(
                $"{added} hostile entries at {position} of {World.Rows} rows, {position - before} on, host killed");
            before = position;
        }

        var result = await world.Host.EndAsync();
        Trial.Demand(result.ExitCode == 0, $"The host did not finish: {result}");
        await LettersAsync(world, hostile);
        trial.Say($"{hostile.Count} hostile entries, each with its dead letter");
    }

    /// <summary>Each hostile entry has exactly one letter.</summary>
    private static async Task LettersAsync(World world, HashSet<string> hostile)
    {
        var letters = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in (RedisResult[])(await world.AskAsync("XRANGE", StreamNames.DeadLetters, "-", "+"))!)
        {
            var words = (RedisResult[])((RedisResult[])item!)[1]!;
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var word = 0; word < words.Length; word += 2) fields[(string)words[word]!] = (string)words[word + 1]!;
            var key = $"{fields["stream"]} {fields["id"]}";
            letters[key] = letters.GetValueOrDefault(key) + 1;
        }

        foreach (var entry in hostile)
        {
            Trial.Demand(
                letters.GetValueOrDefault(entry) == 1,
                $"{entry} has {letters.GetValueOrDefault(entry)} dead letters, expected one.");
        }
    }

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

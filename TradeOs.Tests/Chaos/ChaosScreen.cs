using System.Globalization;
using System.Text.Json;

namespace TradeOs.Tests.Chaos;

/// <summary>What a person sees of a run: one live line on a terminal, plain lines in a pipe, the report at the
/// end.</summary>
internal sealed class ChaosScreen(bool isJson) : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly bool _isLive = !isJson && !Console.IsErrorRedirected;
    private readonly Dictionary<string, string> _running = new(StringComparer.Ordinal);

    /// <summary>A line for whoever watches.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            Clear();
            Console.Error.WriteLine(line);
            Live();
        }
    }

    /// <summary>A round begins.</summary>
    public void Begin(Scenario scenario, string? without)
    {
        lock (_lock)
        {
            _running[scenario.Name] = without is null ? "" : $"without {without}";
            Live();
        }
    }

    /// <summary>What a running round says: only the last of it is shown.</summary>
    public void Detail(Scenario scenario, string line)
    {
        lock (_lock)
        {
            _running[scenario.Name] = line.Trim();
            Live();
        }
    }

    /// <summary>A round ended.</summary>
    public void End(ChaosArguments arguments, ChaosResult result, TimeSpan elapsed)
    {
        lock (_lock) _running.Remove(result.Scenario.Name);
        var found = result.Without is { } without ? $"  without {without}: {FirstLine(result.Violation)}" : "";
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{elapsed:hh\\:mm\\:ss}  {Verdict(result),-9} {result.Scenario.Name,-24} {result.Hits,5} hits  seed " +
            $"{result.Seed,-10} {result.Duration.TotalSeconds,6:0.0} s{found}"));
        if (result.Trouble is { } trouble) Say(trouble);
        if (!result.IsBroken) return;
        Say($"  {result.Violation ?? "the fault did not hit, or the control did not fail"}");
        if (result.Kept is { } kept) Say($"  server, data and log are kept in {kept}");
        Say($"  again: {arguments.CommandOf(result.Scenario, result.Seed)}");
    }

    /// <summary>The report.</summary>
    public void Finish(ChaosArguments arguments, ChaosRun run)
    {
        lock (_lock) Clear();
        if (isJson) Console.Out.WriteLine(JsonSerializer.Serialize(JsonOf(arguments, run), Indented));
        else WriteTable(arguments, run);
    }

    public void Dispose() => Clear();

    private static void WriteTable(ChaosArguments arguments, ChaosRun run)
    {
        Console.WriteLine("| fault | injected | promise | rounds | hits | result | repeat |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (scenario, rounds) in RoundsOf(arguments, run, isControl: false))
        {
            var worst = rounds.FirstOrDefault(round => round.IsBroken) ?? rounds.FirstOrDefault();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {scenario.Name} | {scenario.Injected} | {scenario.Promise} | {rounds.Count} | " +
                $"{rounds.Sum(round => round.Hits)} | {ResultOf(rounds)} | " +
                $"`{arguments.CommandOf(scenario, worst?.Seed ?? arguments.Seed)}` |"));
        }

        if (arguments.HasControls)
        {
            Console.WriteLine("\n| fault | without | what the harness found |\n|---|---|---|");
            foreach (var (scenario, rounds) in RoundsOf(arguments, run, isControl: true))
                Console.WriteLine($"| {scenario.Name} | {scenario.Protection} | " +
                    $"{(rounds.Count == 0 ? "not run" : FirstLine(rounds[0].Violation))} |");
        }

        Console.WriteLine($"\nseed {arguments.Seed}: {run.Results.Count(result => result.Without is null)} rounds, " +
            $"{run.Results.Where(result => result.Without is null).Sum(result => result.Hits)} hits, " +
            $"{run.Results.Count(result => result.IsBroken)} broken");
    }

    private static object JsonOf(ChaosArguments arguments, ChaosRun run) => new
    {
        seed = arguments.Seed,
        complete = run.IsComplete,
        faults = RoundsOf(arguments, run, isControl: false).Select(item => new
        {
            fault = item.Scenario.Name, injected = item.Scenario.Injected, promise = item.Scenario.Promise,
            rounds = item.Rounds.Count, hits = item.Rounds.Sum(round => round.Hits), result = ResultOf(item.Rounds),
            seeds = item.Rounds.Select(round => round.Seed),
            violations = item.Rounds.Where(round => round.IsBroken).Select(round => round.Violation),
        }),
        controls = RoundsOf(arguments, run, isControl: true).Where(item => item.Rounds.Count > 0).Select(item => new
        {
            fault = item.Scenario.Name, without = item.Scenario.Protection, found = item.Rounds[0].Violation,
        }),
    };

    private static IEnumerable<(Scenario Scenario, List<ChaosResult> Rounds)> RoundsOf(
        ChaosArguments arguments, ChaosRun run, bool isControl) => arguments.Scenarios.Select(scenario => (
            scenario, run.Results.Where(result => result.Scenario == scenario && result.Without is null != isControl)
                .ToList()));

    private static string ResultOf(List<ChaosResult> rounds) =>
        rounds.Count == 0 ? "not run"
        : rounds.Count(round => round.IsBroken) is > 0 and var broken ? $"BROKEN in {broken}"
        : rounds.Any(round => round.Trouble is not null) ? "trouble" : "kept";

    private static string Verdict(ChaosResult result) =>
        result.Trouble is not null ? "trouble" : result.IsBroken ? "BROKEN" : result.Without is null ? "kept" : "found";

    private static string FirstLine(string? text) => text?.Split('\n')[0] ?? "NOTHING";

    private void Clear()
    {
        if (_isLive) Console.Error.Write("\r\x1b[K");
    }

    private void Live()
    {
        if (!_isLive) return;
        var width = Math.Max(20, Console.WindowWidth - 1);
        var line = string.Join(" | ", _running.Select(running => $"{running.Key}: {running.Value}"));
        Console.Error.Write("\r\x1b[K" + (line.Length > width ? line[..width] : line));
    }
}

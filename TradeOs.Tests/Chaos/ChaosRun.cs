using System.Collections.Concurrent;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>A round of a scenario that ended.</summary>
/// <param name="Scenario">Which.</param>
/// <param name="Seed">Repeats it.</param>
/// <param name="Without">The protection that was taken out; null for a round on the program as shipped.</param>
/// <param name="Hits">Faults that hit.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Violation">The promise that was broken; null when all were kept.</param>
/// <param name="Trouble">Why the round says nothing; null when it does.</param>
/// <param name="Kept">Where server and log are kept for a look.</param>
internal sealed record ChaosResult(
    Scenario Scenario, int Seed, string? Without, int Hits, TimeSpan Duration, string? Violation, string? Trouble,
    string? Kept)
{
    /// <summary>Whether it speaks against the program: a promise broken, a fault that did not hit, or a control that
    /// did not fail.</summary>
    public bool IsBroken =>
        Trouble is null && (Without is null ? Violation is not null || Hits == 0 : Violation is null);
}

/// <summary>Runs rounds of scenarios on two workers until the time is over.</summary>
internal sealed class ChaosRun(ChaosArguments arguments, ChaosScreen screen, CancellationToken stop)
{
    private const int Workers = 2;

    private readonly ConcurrentQueue<ChaosResult> _results = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private int _next;

    /// <summary>Rounds that ended.</summary>
    public IReadOnlyCollection<ChaosResult> Results => _results;

    /// <summary>Whether every scenario, and every control asked for, ran and none was in trouble.</summary>
    public bool IsComplete => !stop.IsCancellationRequested && !_results.Any(result => result.Trouble is not null)
        && arguments.Scenarios.All(scenario => _results.Any(result => result.Scenario == scenario));

    /// <summary>Runs until it is time.</summary>
    public async Task RunAsync()
    {
        screen.Say($"seed {arguments.Seed}, {arguments.Scenarios.Count} scenarios, {arguments.Minutes} minutes");
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(WorkAsync)));
        if (!arguments.HasControls || stop.IsCancellationRequested) return;
        foreach (var scenario in arguments.Scenarios) await ControlAsync(scenario);
    }

    private async Task WorkAsync()
    {
        while (!stop.IsCancellationRequested && NextRound() is var (scenario, round))
            Note(await RoundAsync(scenario, SeedOf(scenario, round), TradeOsProgram.Shipped, null, arguments.IsShort));
    }

    /// <summary>Every scenario once, then those that ask for more rounds, then all again while there is time.</summary>
    private (Scenario Scenario, int Round)? NextRound()
    {
        var scenarios = arguments.Scenarios;
        var number = Interlocked.Increment(ref _next) - 1;
        if (arguments.Rounds is { } rounds)
        {
            return number < rounds * scenarios.Count
                ? (scenarios[number % scenarios.Count], number / scenarios.Count)
                : null;
        }

        if (number < scenarios.Count) return (scenarios[number], 0);
        if (TimeProvider.System.GetElapsedTime(_started).TotalMinutes >= arguments.Minutes) return null;
        number -= scenarios.Count;
        var more = arguments.IsShort
            ? []
            : scenarios
                .SelectMany(scenario => Enumerable.Range(1, scenario.RoundsLong - 1).Select(round => (scenario, round)))
                .OrderBy(item => item.round).ToList();
        if (number < more.Count) return more[number];
        number -= more.Count;
        var again = scenarios[number % scenarios.Count];
        return (again, (arguments.IsShort ? 1 : again.RoundsLong) + (number / scenarios.Count));
    }

    private int SeedOf(Scenario scenario, int round)
    {
        if (round == 0) return arguments.Seed;
        var place = Scenarios.All.Index().First(item => item.Item == scenario).Index;
        return new Random(unchecked(arguments.Seed + (round * 7919) + (place * 104_729))).Next();
    }

    private async Task ControlAsync(Scenario scenario)
    {
        var weakened = await WeakenedProgram.OfAsync(scenario.Protection);
        var result = default(ChaosResult);
        for (var round = 0; round < scenario.ControlRoundsMax && result?.Violation is null; round++)
        {
            if (stop.IsCancellationRequested) return;
            result = await RoundAsync(scenario, SeedOf(scenario, round), weakened, scenario.Protection, isShort: true);
        }

        Note(result!);
    }

    private async Task<ChaosResult> RoundAsync(
        Scenario scenario, int seed, TradeOsProgram program, string? without, bool isShort)
    {
        var keep = Directory.CreateTempSubdirectory($"tradeos-chaos-{scenario.Name}-").FullName;
        var trial = new Trial(seed, program, isShort, line => screen.Detail(scenario, line), stop)
        {
            KeepDirectory = keep,
        };
        var started = TimeProvider.System.GetTimestamp();
        screen.Begin(scenario, without);
        var (violation, trouble) = ((string?)null, (string?)null);
        try
        {
            await scenario.TryAsync(trial);
        }
        catch (InvariantBrokenException broken)
        {
            violation = broken.Message;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            trouble = stop.IsCancellationRequested ? "stopped" : failure.ToString();
        }

        var isKept = violation is not null && without is null && Directory.EnumerateFileSystemEntries(keep).Any();
        if (!isKept) Directory.Delete(keep, recursive: true);
        return new ChaosResult(
            scenario, seed, without, trial.Hits, TimeProvider.System.GetElapsedTime(started), violation, trouble,
            isKept ? keep : null);
    }

    private void Note(ChaosResult result)
    {
        _results.Enqueue(result);
        screen.End(arguments, result, TimeProvider.System.GetElapsedTime(_started));
    }
}

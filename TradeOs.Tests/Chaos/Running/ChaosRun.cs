using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Chaos;

/// <summary>Runs scenarios, one round at a time, until the plan is done.</summary>
internal sealed class ChaosRun(ChaosPlan plan, ChaosView view)
{
    private readonly List<ChaosLine> _lines = [.. plan.Scenarios.Select(scenario => new ChaosLine(scenario))];

    /// <summary>Returns a line for each scenario.</summary>
    public Task<IReadOnlyList<ChaosLine>> RunAsync(CancellationToken cancellationToken) =>
        view.ShowAsync(_lines, plan.Time, async () =>
        {
            await RunRoundsAsync(cancellationToken);
            if (plan.HasControls) await RunControlsAsync(cancellationToken);
            return (IReadOnlyList<ChaosLine>)_lines;
        });

    private async Task RunRoundsAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        foreach (var (scenario, round) in plan.Turns())
        {
            var isOver = TimeProvider.System.GetElapsedTime(started) > plan.Time;
            if (cancellationToken.IsCancellationRequested || (isOver && round > 0)) return;
            await RunRoundAsync(LineOf(scenario), round, cancellationToken);
        }
    }

    private async Task RunRoundAsync(ChaosLine line, int round, CancellationToken cancellationToken)
    {
        var seed = plan.SeedOf(line.Scenario, round);
        var repeat = $"./chaos.sh --only {line.Scenario} --rounds 1 --seed {seed}";
        view.Begin(line, $"round {round + 1}, seed {seed}");
        var trial = new Trial(seed, TradeOsProgram.Shipped, isShort: false, view.Say, cancellationToken);
        try
        {
            await line.Scenario.RunAsync(trial);
        }
        catch (InvariantBrokenException broken)
        {
            line.Broken.Add($"{broken.Message} Repeat with: {repeat}");
            view.Say($"  BROKEN: {broken.Message}");
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever goes wrong in a round, the others are still run.
        catch (Exception trouble)
        {
            line.Troubles.Add($"{trouble.GetType().Name}: {trouble.Message} Repeat with: {repeat}");
            view.Say($"  TROUBLE: {trouble}");
        }
#pragma warning restore CA1031
        line.Rounds++;
        line.Hits += trial.Hits;
        view.End(line);
    }

    private async Task RunControlsAsync(CancellationToken cancellationToken)
    {
        WeakenedProgram.Begin();
        foreach (var line in _lines)
        {
            if (cancellationToken.IsCancellationRequested) return;
            view.Begin(line, $"without {line.Scenario.Protection}");
            var broken = await ControlRun.TryAsync(
                line.Scenario, (program, round) => new Trial(
                    plan.SeedOf(line.Scenario, round), program, isShort: true, view.Say, cancellationToken));
            line.Control = broken?.Message ?? "";
            if (broken is null) line.Troubles.Add($"Without {line.Scenario.Protection} it does not fail.");
            view.End(line);
        }
    }

    private ChaosLine LineOf(Scenario scenario) => _lines.First(line => line.Scenario == scenario);
}

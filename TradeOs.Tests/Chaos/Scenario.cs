namespace TradeOs.Tests.Chaos;

/// <summary>One way to break things, and what must hold all the same.</summary>
/// <param name="Name">Short, as typed: <c>kill-host</c>.</param>
/// <param name="Injected">How the fault is injected, for the fault table.</param>
/// <param name="Promise">What must hold, for the fault table.</param>
/// <param name="Protection">The protection whose absence must make this scenario fail, by its name in
/// <see cref="Protections"/>.</param>
/// <param name="RunAsync">One round. It reports every fault that hit to the trial, and throws
/// <see cref="InvariantBrokenException"/> when the promise was not kept.</param>
internal sealed record Scenario(
    string Name, string Injected, string Promise, string Protection, Func<Trial, Task> RunAsync)
{
    private static readonly TimeSpan RoundMax = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ShortRoundMax = TimeSpan.FromMinutes(10);

    /// <summary>Rounds of a long run before anything else is repeated.</summary>
    public int RoundsLong { get; init; } = 1;

    /// <summary>Rounds the control may take until the missing protection shows: many faults need a moment that not
    /// every round meets.</summary>
    public int ControlRoundsMax { get; init; } = 3;

    /// <summary>One round, given up when it takes longer than any round may: then something waits for what will not
    /// come.</summary>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public Task TryAsync(Trial trial) =>
        RunAsync(trial).WaitAsync(trial.IsShort ? ShortRoundMax : RoundMax, trial.Cancel);

    public override string ToString() => Name;
}

namespace TradeOs.Tests.Chaos;

/// <summary>One command at one place of its way, where somebody is killed.</summary>
/// <param name="Phase">The place.</param>
/// <param name="Step">The command, as <see cref="WireRequest.Step"/> names it.</param>
/// <param name="Passes">Commands of that step that pass before.</param>
internal sealed record Failpoint(WirePhase Phase, string Step, int Passes)
{
    private readonly TaskCompletionSource<WireMoment> _reached =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _passed;
    private int _isReached;

    /// <summary>Completed once it was reached and what shall happen there has happened.</summary>
    public Task<WireMoment> Reached => _reached.Task;

    /// <summary>Sets it on a proxy: at the first match <paramref name="strike"/> runs while the command is held, and
    /// the connection ends there unless the answer was delivered.</summary>
    public void ArmOn(WireProxy wire, Func<Task> strike) => wire.Watch = async moment =>
    {
        if (moment.Phase != Phase || !moment.Request.Is(Step)) return true;
        if (Interlocked.Increment(ref _passed) <= Passes || Interlocked.Exchange(ref _isReached, 1) == 1) return true;
        try
        {
            await strike();
            _reached.TrySetResult(moment);
        }
        catch (InvalidOperationException failure)
        {
            _reached.TrySetException(failure);
        }

        return Phase == WirePhase.Delivered;
    };

    /// <summary>Waits until it was reached; false when the host went past it: it does not come.</summary>
    public async Task<bool> IsReachedAsync(Func<Task<bool>> isPast)
    {
        while (!Reached.IsCompleted)
        {
            if (await isPast() && !Reached.IsCompleted && _isReached == 0) return false;
            await Task.Delay(2);
        }

        await Reached;
        return true;
    }

    public override string ToString() => $"{Phase} {Step}{(Passes > 0 ? $" after {Passes}" : "")}";
}

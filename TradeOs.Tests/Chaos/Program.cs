namespace TradeOs.Tests.Chaos;

/// <summary>The long mode of the chaos harness: what <c>./chaos.sh</c> runs.</summary>
internal static class Program
{
    /// <summary>Runs; 0 when every promise was kept, 1 when one was not, 2 when it could not run.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        ChaosArguments chosen;
        try
        {
            chosen = ChaosArguments.Parse(arguments);
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => StartedProcesses.KillAll();
        using var screen = new ChaosScreen(chosen.IsJson);
        var run = new ChaosRun(chosen, screen, stop.Token);
        await run.RunAsync();
        screen.Finish(chosen, run);
        return run.Results.Any(result => result.IsBroken) ? 1 : run.IsComplete ? 0 : 2;
    }
}

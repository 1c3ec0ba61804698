using System.CommandLine;
using System.Runtime.InteropServices;
using TradeOs.Host;

namespace TradeOs.Tests.Chaos;

/// <summary>The long mode of the chaos harness: what <c>./chaos.sh</c> runs.</summary>
internal static class Program
{
    private const int Kept = 0;
    private const int Broken = 1;
    private const int CouldNotRun = 2;

    /// <summary>0 when every promise was kept, 1 when one was not, 2 when it could not run.</summary>
    public static async Task<int> Main(string[] words)
    {
        var parsed = ChaosArguments.Command(RunAsync).Parse(words);
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync();
            return CouldNotRun;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
            });
        }
        catch (KeyNotFoundException unknown)
        {
            Terminal.Say("red", "chaos:", unknown.Message);
            return CouldNotRun;
        }
    }

    private static async Task<int> RunAsync(ChaosArguments arguments)
    {
        if (arguments.IsList)
        {
            foreach (var scenario in Scenarios.All) Console.WriteLine($"{scenario.Name,-24}{scenario.Injected}");
            return Kept;
        }

        if (!arguments.IsShort) GeneratedMarket.BeLong();
        StreamCaps.Be(arguments.Caps);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        // .NET 10 ends at a signal without a word; what the harness started must go with it.
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Environment.Exit(CouldNotRun));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => StartedProcesses.KillAll();
        using var screen = new ChaosScreen(arguments.IsJson);
        var run = new ChaosRun(arguments, screen, stop.Token);
        await run.RunAsync();
        screen.Finish(arguments, run);
        return run.Results.Any(result => result.IsBroken) ? Broken : run.IsComplete ? Kept : CouldNotRun;
    }
}

using System.CommandLine;
using TradeOs.Host;

var parsed = CommandLine.Root().Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine($"tradeos: {error.Message}");
    Console.Error.WriteLine("Try: tradeos --help");
    return ExitCode.Usage;
}

try
{
    // A signal ends the host's services in order, Redis last, in about a second; only a Redis that hangs takes longer.
    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
    });
}
catch (Exception failure)
{
    Terminal.Say("red", "tradeos:", failure.Message);
    return ExitCode.Of(failure);
}

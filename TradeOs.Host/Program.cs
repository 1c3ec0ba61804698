using System.CommandLine;
using TradeOs.Host;

var parsed = CommandLine.Root().Parse(args);
if (parsed.Errors.Count > 0) return CommandLine.Explain(parsed, args);

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

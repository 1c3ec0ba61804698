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
    // Signals end the host's services in order; the command line's own handling would cut that short.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception failure)
{
    Terminal.Say("red", "tradeos:", failure.Message);
    return ExitCode.Of(failure);
}

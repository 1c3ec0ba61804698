using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary><c>tradeos check</c>: proves from the streams alone that nothing was lost and nothing done twice.</summary>
internal static class CheckVerb
{
    /// <summary>Checks and changes nothing; 1 with findings, 2 when it could not look.</summary>
    public static async Task<int> RunAsync(
        Settings settings, bool atRest, bool json, CancellationToken cancellationToken)
    {
        var endpoint = settings.Redis.Endpoint;
        try
        {
            var report = await CheckReading.RunAsync(settings.Redis, atRest, cancellationToken);
            if (json) Terminal.WriteJson(CheckJson.Of(endpoint, report, atRest));
            else if (Terminal.IsOutWatched) CheckText.Write(Terminal.Out, endpoint, report);
            else CheckText.WriteLines(Console.Out, endpoint, report);
            return report.IsClean ? ExitCode.Good : ExitCode.Failed;
        }
        catch (Exception failure) when (
            failure is BusUnavailableException or RefusedException or NothingToCheckException)
        {
            if (json) Terminal.WriteJson(CheckJson.OfAbsence(endpoint, failure.Message, atRest));
            Terminal.Say("red", "tradeos:", failure.Message);
            return ExitCode.Usage;
        }
    }
}

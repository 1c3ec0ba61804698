using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>
/// <c>tradeos doctor</c>: is this Redis safe to trade on, and is what it holds whole? A cure for each finding.
/// </summary>
internal static class DoctorVerb
{
    /// <summary>Examines and changes nothing; 1 with findings that are more than notes.</summary>
    public static async Task<int> RunAsync(Settings settings, bool json, CancellationToken cancellationToken)
    {
        var endpoint = settings.Redis.Endpoint;
        try
        {
            var examination = await DoctorExamination.RunAsync(settings, TimeProvider.System, cancellationToken);
            if (json) Terminal.WriteJson(DoctorJson.Of(endpoint, examination));
            else if (Terminal.IsOutWatched) DoctorText.Write(Terminal.Out, endpoint, examination);
            else DoctorText.WriteLines(Console.Out, endpoint, examination);
            return examination.IsHealthy ? ExitCode.Good : ExitCode.Failed;
        }
        catch (Exception failure) when (json && failure is BusUnavailableException or RefusedException)
        {
            Terminal.WriteJson(DoctorJson.OfAbsence(endpoint, failure.Message));
            throw;
        }
    }
}

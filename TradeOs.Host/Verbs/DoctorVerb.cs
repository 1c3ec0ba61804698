namespace TradeOs.Host;

internal static class DoctorVerb
{
    public static Task<int> RunAsync(Settings settings, bool json, CancellationToken cancellationToken) => throw new NotSupportedException();
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>A look at the letters; where no server runs it says how to have one.</summary>
internal static class DeadLook
{
    /// <summary>Connects.</summary>
    /// <exception cref="BusUnavailableException">Nothing listens there.</exception>
    public static async Task<BusLook> OpenAsync(Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            return await BusLook.OpenAsync(settings, cancellationToken);
        }
        catch (BusUnavailableException away) when (settings.Redis.Mode != RedisMode.External)
        {
            throw new BusUnavailableException(
                $"{away.Message} A managed one runs only while tradeos does; to have it for this verb: " +
                "tradeos run --feed none --until-idle --keep-redis", away);
        }
    }
}

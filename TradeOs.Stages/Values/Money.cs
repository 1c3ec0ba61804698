namespace TradeOs.Stages;

/// <summary>How amounts are computed and rounded; every rounding of the product is one of these.</summary>
public static class Money
{
    /// <summary>Places of amounts of quote currency, 8.</summary>
    public const int Places = 8;

    /// <summary>Places of prices that are averages, and of average true ranges, 12.</summary>
    public const int PricePlaces = 12;

    /// <summary>Quantity times price, rounded to 8 places, half to even.</summary>
    public static decimal Notional(Price price, Quantity quantity) => Math.Round(price * quantity, Places);

    /// <summary>The largest multiple of <paramref name="step"/> that is not above <paramref name="value"/>.</summary>
    internal static decimal RoundDownTo(decimal value, decimal step) => value - (value % step);

    /// <summary>The smallest multiple of <paramref name="step"/> that is not below <paramref name="value"/>.</summary>
    internal static decimal RoundUpTo(decimal value, decimal step)
    {
        var down = RoundDownTo(value, step);
        return down == value ? value : down + step;
    }

    /// <summary>A statistic on its way to the wire: rounded to so many places, half to even.</summary>
    internal static decimal Rounded(double value, int places) => Math.Round((decimal)value, places);
}

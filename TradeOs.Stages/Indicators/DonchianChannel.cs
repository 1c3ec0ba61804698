namespace TradeOs.Stages;

/// <summary>The highest high and the lowest low of the last bars.</summary>
/// <param name="Highs">Of as many bars as the upper line looks back.</param>
/// <param name="Lows">Of as many bars as the lower line looks back.</param>
internal sealed record DonchianChannel(RollingExtreme Highs, RollingExtreme Lows)
{
    public static DonchianChannel Empty { get; } = new(RollingExtreme.Empty, RollingExtreme.Empty);

    /// <summary>Upper line; null until there were so many bars.</summary>
    public double? Highest(int bars) => Highs.Value(bars);

    /// <summary>Lower line; null until there were so many bars.</summary>
    public double? Lowest(int bars) => Lows.Value(bars);

    public DonchianChannel Add(FinishedBar bar, int highBars, int lowBars) =>
        new(Highs.Add(bar.High, highBars, Extreme.Highest), Lows.Add(bar.Low, lowBars, Extreme.Lowest));
}

namespace TradeOs.Stages;

/// <summary>Enters when a bar closes above the highest high before it, leaves below the lowest low.</summary>
/// <remarks>Confidence: 0.5 and half of how far the close is above that high, one average true range being
/// all.</remarks>
internal sealed class DonchianBreakout(DonchianBreakoutOptions options) : IStrategy<DonchianChannel>
{
    public string Name => "donchian-breakout";

    public ExitOptions Exits => options;

    public DonchianChannel Empty => DonchianChannel.Empty;

    public Opinion<DonchianChannel> Look(DonchianChannel indicators, FinishedBar bar, double? range)
    {
        var after = indicators.Add(bar, options.EntryBars, options.ExitBars);
        double? enter = null;
        if (range is { } size && indicators.Highest(options.EntryBars) is { } highest && bar.Close > highest)
            enter = Confidence.Of((bar.Close - highest) / size);
        var isBelow = indicators.Lowest(options.ExitBars) is { } lowest && bar.Close < lowest;
        return new(after, enter, "breakout", isBelow ? "breakdown" : null);
    }
}

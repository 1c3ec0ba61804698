namespace TradeOs.Stages;

/// <summary>Enters when the relative strength index comes back over the oversold level, leaves at the exit
/// level.</summary>
/// <remarks>Confidence: 0.5 and half of how deep the index was, as a share of the oversold level.</remarks>
internal sealed class RsiReversion(RsiReversionOptions options) : IStrategy<RelativeStrength>
{
    public string Name => "rsi-reversion";

    public ExitOptions Exits => options;

    public RelativeStrength Empty => RelativeStrength.Empty;

    public Opinion<RelativeStrength> Look(RelativeStrength indicators, FinishedBar bar, double? range)
    {
        var after = indicators.Add(bar.Close, options.Period);
        if (indicators.Value is not { } before || after.Value is not { } now)
            return new(after, null, "", null);
        var isBack = before < options.Oversold && now >= options.Oversold;
        double? enter = isBack && range is not null
            ? Confidence.Of((options.Oversold - before) / options.Oversold)
            : null;
        return new(after, enter, "oversold", now >= options.ExitLevel ? "recovered" : null);
    }
}

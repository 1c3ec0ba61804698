namespace TradeOs.Stages;

/// <summary>Enters when a fast average of closes crosses over a slow one, leaves when it crosses under.</summary>
/// <remarks>Confidence: 0.5 and half of how far the close is above the slow average, one average true range being
/// all.</remarks>
internal sealed class EmaCross(EmaCrossOptions options) : IStrategy<EmaCrossIndicators>
{
    public string Name => "ema-cross";

    public ExitOptions Exits => options;

    public EmaCrossIndicators Empty { get; } = new(ExponentialAverage.Empty, ExponentialAverage.Empty);

    public Opinion<EmaCrossIndicators> Look(EmaCrossIndicators indicators, FinishedBar bar, double? range)
    {
        var after = new EmaCrossIndicators(
            indicators.Fast.Add(bar.Close, options.FastPeriod), indicators.Slow.Add(bar.Close, options.SlowPeriod));
        if (!indicators.Slow.IsReady) return new(after, null, "", null);
        var isUp = indicators.Gap <= 0 && after.Gap > 0;
        var isDown = indicators.Gap >= 0 && after.Gap < 0;
        double? enter = isUp && range is { } size ? Confidence.Of((bar.Close - after.Slow.Value) / size) : null;
        return new(after, enter, "cross-up", isDown ? "cross-down" : null);
    }
}

/// <summary>Both averages.</summary>
internal sealed record EmaCrossIndicators(ExponentialAverage Fast, ExponentialAverage Slow)
{
    internal double Gap => Fast.Value - Slow.Value;
}

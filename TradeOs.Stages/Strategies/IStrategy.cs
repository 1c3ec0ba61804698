namespace TradeOs.Stages;

/// <summary>A rule that has an opinion about every finished bar. Whether a position is held is not its
/// concern.</summary>
/// <typeparam name="TIndicators">What it remembers of the bars before.</typeparam>
internal interface IStrategy<TIndicators>
    where TIndicators : class
{
    /// <summary>Its name on the wire.</summary>
    string Name { get; }

    /// <summary>When it leaves whatever its opinion is.</summary>
    ExitOptions Exits { get; }

    /// <summary>What it remembers before the first bar.</summary>
    TIndicators Empty { get; }

    /// <summary>What it remembers after this bar, and what it thinks of it.</summary>
    /// <param name="indicators">What it remembered before.</param>
    /// <param name="bar">The bar that just closed.</param>
    /// <param name="range">Average true range, above 0; null while it is not known, then nothing is entered.</param>
    Opinion<TIndicators> Look(TIndicators indicators, FinishedBar bar, double? range);
}

/// <summary>What a strategy thinks of a bar.</summary>
/// <param name="Indicators">What it remembers.</param>
/// <param name="Enter">Confidence of entering, 0 to 1; null when it would not.</param>
/// <param name="EnterReason">Reason on the wire when it enters.</param>
/// <param name="ExitReason">Reason on the wire when it would leave; null when it would not.</param>
internal readonly record struct Opinion<TIndicators>(
    TIndicators Indicators, double? Enter, string EnterReason, string? ExitReason)
    where TIndicators : class;

/// <summary>Confidence of an entry from how strong its cause is.</summary>
internal static class Confidence
{
    /// <summary>Half, and up to the other half in proportion: strength 0 gives 0.5, strength 1 and more gives
    /// 1.</summary>
    public static double Of(double strength) => 0.5 + (0.5 * Math.Clamp(strength, 0, 1));
}

using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>The highest high and the lowest low of the last bars.</summary>
/// <param name="Highs">Oldest first, at most the bars the upper line looks back.</param>
/// <param name="Lows">Oldest first, at most the bars the lower line looks back.</param>
internal sealed record DonchianChannel(ImmutableArray<double> Highs, ImmutableArray<double> Lows)
{
    public static DonchianChannel Empty { get; } = new([], []);

    /// <summary>Upper line; null until there were so many bars.</summary>
    public double? Highest(int bars)
    {
        if (Highs.Length < bars) return null;
        var highest = Highs[0];
        foreach (var high in Highs) highest = Math.Max(highest, high);
        return highest;
    }

    /// <summary>Lower line; null until there were so many bars.</summary>
    public double? Lowest(int bars)
    {
        if (Lows.Length < bars) return null;
        var lowest = Lows[0];
        foreach (var low in Lows) lowest = Math.Min(lowest, low);
        return lowest;
    }

    public DonchianChannel Add(FinishedBar bar, int highBars, int lowBars) =>
        new(Last(Highs, bar.High, highBars), Last(Lows, bar.Low, lowBars));

    /// <summary>The last values with one more; a length that options have shortened since is cut at once.</summary>
    private static ImmutableArray<double> Last(ImmutableArray<double> values, double value, int countMax) =>
        [.. values.AsSpan()[Math.Max(0, values.Length + 1 - countMax)..], value];
}

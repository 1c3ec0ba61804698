namespace TradeOs.Stages;

/// <summary>Wilder's relative strength index: 100 when every bar closed higher, 0 when every bar closed
/// lower.</summary>
/// <param name="Close">Last close; null before the first.</param>
/// <param name="Gains">Average rise.</param>
/// <param name="Losses">Average fall, as a positive number.</param>
internal sealed record RelativeStrength(double? Close, WilderAverage Gains, WilderAverage Losses)
{
    public static RelativeStrength Empty { get; } = new(null, WilderAverage.Empty, WilderAverage.Empty);

    /// <summary>The index, 0 to 100; null until the averages are seeded, by period + 1 closes; 50 when no close
    /// differed.</summary>
    internal double? Value
    {
        get
        {
            if (!Gains.IsReady) return null;
            var moves = Gains.Value + Losses.Value;
            return moves > 0 ? 100 * Gains.Value / moves : 50;
        }
    }

    public RelativeStrength Add(double close, int period)
    {
        if (Close is not { } before) return this with { Close = close };
        var change = close - before;
        return new(close, Gains.Add(Math.Max(change, 0), period), Losses.Add(Math.Max(-change, 0), period));
    }
}

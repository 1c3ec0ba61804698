using System.Text.Json.Serialization;

namespace TradeOs.Stages;

/// <summary>Where market time is for one symbol: it is what the entries say, as long as they agree.</summary>
/// <param name="Newest">Newest event time believed.</param>
/// <param name="Doubted">Time of the entry before this one, when that was too far from <paramref name="Newest"/> to be
/// believed.</param>
[method: JsonConstructor]
internal readonly record struct MarketTime(DateTime Newest, DateTime? Doubted)
{
    /// <summary>Market time after an entry of that time, and whether the entry is believed.</summary>
    /// <remarks>The first entry is taken at its word. One farther than <paramref name="jumpMax"/> from the newest,
    /// forward or back, is doubted; when the next one agrees with it, market time moves there.</remarks>
    public static (MarketTime After, TimeStep Step) See(MarketTime? before, DateTime at, TimeSpan jumpMax)
    {
        if (before is not { } known) return (new(at, null), TimeStep.Near);
        if ((at - known.Newest).Duration() <= jumpMax)
            return (new(at > known.Newest ? at : known.Newest, null), TimeStep.Near);
        if (known.Doubted is { } doubted && (at - doubted).Duration() <= jumpMax)
            return (new(at, null), TimeStep.Moved);
        return (known with { Doubted = at }, TimeStep.Doubted);
    }
}

/// <summary>What an entry's time means for market time.</summary>
internal enum TimeStep
{
    /// <summary>It is near enough to be believed.</summary>
    Near,

    /// <summary>It is far away and alone with that.</summary>
    Doubted,

    /// <summary>It is far away, but so was the one before it: market time is there now.</summary>
    Moved,
}

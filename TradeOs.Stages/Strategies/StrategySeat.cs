using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>What one strategy knows about one symbol.</summary>
/// <param name="Indicators">What its rule remembers; null when nothing.</param>
/// <param name="Holding">What it believes it holds; null when nothing.</param>
internal sealed record StrategySeat<TIndicators>(TIndicators? Indicators, Holding? Holding)
    where TIndicators : class;

/// <summary>A position as its strategy sees it; what was really traded is for later stages to know.</summary>
/// <param name="EntryPrice">Price of the signal that entered.</param>
/// <param name="Range">Average true range then: the yardstick of stop and target.</param>
/// <param name="Bars">Bars closed since.</param>
internal sealed record Holding(double EntryPrice, double Range, int Bars);

/// <summary>Turns opinions into signals: what is not held may be entered, what is held may be left, by the strategy's
/// rule or by stop, target or time.</summary>
internal static class StrategySeat
{
    /// <summary>What the strategy knows after this bar; what it says is added to <paramref name="said"/>.</summary>
    public static StrategySeat<TIndicators>? Follow<TIndicators>(
        IStrategy<TIndicators> strategy, StrategySeat<TIndicators>? seat, Moment moment,
        ImmutableArray<Message>.Builder said)
        where TIndicators : class
    {
        if (!strategy.Exits.Enabled) return seat;
        var opinion = strategy.Look(seat?.Indicators ?? strategy.Empty, moment.Bar, moment.Range);
        var holding = seat?.Holding is { } held ? held with { Bars = held.Bars + 1 } : null;
        if (holding is not null)
        {
            if (ReasonToLeave(strategy.Exits, holding, moment.Bar.Close, opinion.ExitReason) is not { } reason)
                return new(opinion.Indicators, holding);
            said.Add(moment.Say(strategy.Name, Side.Sell, 1, reason));
            return new(opinion.Indicators, null);
        }

        if (opinion.Enter is not { } confidence || moment.Range is not { } range) return new(opinion.Indicators, null);
        said.Add(moment.Say(strategy.Name, Side.Buy, confidence, opinion.EnterReason));
        return new(opinion.Indicators, new Holding((double)moment.Price.Value, range, 0));
    }

    /// <summary>Loss is looked at first: a bar that offers several reasons gets the most careful one.</summary>
    private static string? ReasonToLeave(ExitOptions exits, Holding holding, double close, string? own)
    {
        if (close <= holding.EntryPrice - (exits.StopMultiple * holding.Range)) return "stop";
        if (close >= holding.EntryPrice + (exits.TargetMultiple * holding.Range)) return "target";
        if (own is not null) return own;
        return holding.Bars >= exits.HoldBarsMax ? "time" : null;
    }
}

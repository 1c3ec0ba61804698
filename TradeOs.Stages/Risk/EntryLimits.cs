namespace TradeOs.Stages;

/// <summary>The limits of an entry, cheapest first; the first one that is broken is the answer.</summary>
internal sealed class EntryLimits(FeasibilityOptions options, AccountOptions account)
{
    public Refusal? Check(FeasibilityState state, SymbolPosition position, Intent intent) =>
        Size(intent) ?? Prices(position, intent) ?? Stake(state, position, intent) ?? Rate(state, intent);

    private Refusal? Size(Intent intent)
    {
        if (intent.Quantity.Value < options.QuantityMin)
            return Below(RejectionCodes.QuantityTooSmall, "quantity", intent.Quantity.Value, options.QuantityMin);
        if (intent.Quantity.Value > options.QuantityMax)
            return Above(RejectionCodes.QuantityTooLarge, "quantity", intent.Quantity.Value, options.QuantityMax);
        if (intent.Notional < options.NotionalMin)
            return Below(RejectionCodes.NotionalTooSmall, "notional", intent.Notional, options.NotionalMin);
        if (intent.Notional > options.NotionalMax)
            return Above(RejectionCodes.NotionalTooLarge, "notional", intent.Notional, options.NotionalMax);
        return null;
    }

    private Refusal? Prices(SymbolPosition position, Intent intent)
    {
        var (price, bid, ask) = (intent.Price.Value, intent.Bid.Value, intent.Ask.Value);
        if (ask - bid > options.SpreadMax * price)
            return Above(RejectionCodes.PriceSanity, "spread", ask - bid, options.SpreadMax * price);
        var aside = Math.Max(Math.Abs(ask - price), Math.Abs(price - bid));
        if (aside > options.DeviationMax * price)
            return Above(
                RejectionCodes.PriceSanity, "distance of bid or ask from price", aside, options.DeviationMax * price);
        if (position.LastPrice is not { } last) return null;
        var step = Math.Abs(price - last.Value);
        if (step > options.DeviationMax * last.Value)
            return Above(
                RejectionCodes.PriceSanity, $"step from last price {last}", step, options.DeviationMax * last.Value);
        return null;
    }

    private Refusal? Stake(FeasibilityState state, SymbolPosition position, Intent intent)
    {
        var cost = SymbolPosition.CostOf(intent);
        if (position.Cost + cost > options.PositionMax)
            return Above(RejectionCodes.PositionLimit, "position", position.Cost + cost, options.PositionMax);
        var most = account.Capital * options.ExposureMax;
        if (state.Exposure + cost > most)
            return Above(RejectionCodes.ExposureLimit, "exposure", state.Exposure + cost, most);
        return null;
    }

    private Refusal? Rate(FeasibilityState state, Intent intent)
    {
        var entries = state.EntriesWithin(options.RateWindow, intent.At);
        if (entries < options.RateMax) return null;
        return new(RejectionCodes.RateLimit, FormattableString.Invariant(
            $"{entries} entries within {options.RateWindow}, expected at most {options.RateMax}"));
    }

    private static Refusal Above(string code, string what, decimal found, decimal most) =>
        new(code, FormattableString.Invariant($"{what} {found}, expected at most {most}"));

    private static Refusal Below(string code, string what, decimal found, decimal least) =>
        new(code, FormattableString.Invariant($"{what} {found}, expected at least {least}"));
}

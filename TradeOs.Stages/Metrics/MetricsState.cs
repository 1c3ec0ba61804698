namespace TradeOs.Stages;

/// <summary>The account's running sums.</summary>
/// <param name="Trades">Round trips.</param>
/// <param name="Wins">Of them with a net profit.</param>
/// <param name="GrossPnl">Before fees.</param>
/// <param name="Fees">All fees.</param>
/// <param name="Profits">Sum of net profits.</param>
/// <param name="Losses">Sum of net losses, as a positive number.</param>
/// <param name="OpenGain">Of all open positions.</param>
/// <param name="Peak">Highest equity, the capital at first.</param>
/// <param name="MaxDrawdown">Largest fall from it, over it.</param>
/// <param name="Returns">Returns of the round trips.</param>
internal sealed record MetricsState(
    long Trades, long Wins, decimal GrossPnl, decimal Fees, decimal Profits, decimal Losses, decimal OpenGain,
    decimal Peak, decimal MaxDrawdown, ReturnStatistics Returns)
{
    public static MetricsState StartWith(decimal capital) =>
        new(0, 0, 0, 0, 0, 0, 0, capital, 0, ReturnStatistics.Empty);

    public decimal EquityOf(decimal capital) => capital + GrossPnl - Fees + OpenGain;

    /// <summary>The sums with one round trip more; null when one of them would be more than an amount can be.</summary>
    public MetricsState? Add(Outcome outcome, decimal openGainChange, decimal capital)
    {
        var net = outcome.NetPnl;
        var sums = this with
        {
            Trades = Trades + 1,
            Wins = Wins + (net > 0 ? 1 : 0),
            GrossPnl = GrossPnl + outcome.Pnl,
            Fees = Fees + outcome.Fees,
            Profits = Profits + Math.Max(net, 0),
            Losses = Losses + Math.Max(-net, 0),
            OpenGain = OpenGain + openGainChange,
            Returns = Returns.Add((double)outcome.Return),
        };
        var equity = sums.EquityOf(capital);
        if (!sums.IsCountable(equity)) return null;
        var peak = Math.Max(Peak, equity);
        return sums with { Peak = peak, MaxDrawdown = Math.Max(MaxDrawdown, (peak - equity) / peak) };
    }

    private bool IsCountable(decimal equity)
    {
        foreach (var amount in (ReadOnlySpan<decimal>)[GrossPnl, Fees, Profits, Losses, OpenGain, equity])
            if (Math.Abs(amount) > Canonical.AmountMax) return false;
        return true;
    }
}

using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>Running figures of the account after one more round trip: an entry of <c>metrics.snapshot</c>.</summary>
/// <param name="At">Event time of the outcome.</param>
/// <param name="Trades">Round trips so far.</param>
/// <param name="Wins">Of them with a net profit.</param>
/// <param name="WinRate">Wins over trades, 0 to 1, 6 places.</param>
/// <param name="GrossPnl">Sum of results before fees.</param>
/// <param name="Fees">Sum of fees.</param>
/// <param name="NetPnl">Gross less fees.</param>
/// <param name="ProfitFactor">Net profits over net losses, 6 places, at most 1000, which also stands for no loss at
/// all; 0 without a profit.</param>
/// <param name="MaxDrawdown">Largest fall of equity from its highest, over that highest, 0 to 1, 8 places.</param>
/// <param name="Sharpe">Mean over sample deviation of the returns per trade, not annualised, 8 places; 0 while it has
/// no meaning.</param>
/// <param name="Equity">Capital, net result, and open positions valued at the last price shown.</param>
public sealed record MetricsSnapshot(
    DateTime At, long Trades, long Wins, decimal WinRate, decimal GrossPnl, decimal Fees, decimal NetPnl,
    decimal ProfitFactor, decimal MaxDrawdown, decimal Sharpe, decimal Equity) : Message(At)
{
    internal static MetricsSnapshot Read(ref FieldReader reader)
    {
        var at = reader.Time("at"u8);
        reader.ReadOrigin();
        return new MetricsSnapshot(
            at,
            (long)reader.NotNegative("trades"u8),
            (long)reader.NotNegative("wins"u8),
            reader.Share("win_rate"u8),
            reader.Signed("gross_pnl"u8),
            reader.Amount("fees"u8),
            reader.Signed("net_pnl"u8),
            reader.NotNegative("profit_factor"u8),
            reader.NotNegative("max_drawdown"u8),
            reader.Signed("sharpe"u8),
            reader.Signed("equity"u8));
    }

    internal override void WriteBody(FieldWriter writer) => writer
        .Add("trades"u8, Trades).Add("wins"u8, Wins).Add("win_rate"u8, WinRate).Add("gross_pnl"u8, GrossPnl)
        .Add("fees"u8, Fees).Add("net_pnl"u8, NetPnl).Add("profit_factor"u8, ProfitFactor)
        .Add("max_drawdown"u8, MaxDrawdown).Add("sharpe"u8, Sharpe).Add("equity"u8, Equity);
}

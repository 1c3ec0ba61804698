namespace TradeOs.Stages;

/// <summary>Keeps the account's figures: one snapshot for each round trip.</summary>
/// <remarks>
/// Open positions are valued at the last exit price of their symbol and strategy, the last price this path showed;
/// the fee paid for them counts when they are closed.
/// </remarks>
internal sealed class MetricsPublisher(AccountOptions account) : IPureStage<Outcome, MetricsState, OpenPosition>
{
    private const decimal ProfitFactorMax = 1000;

    /// <summary>A decimal holds less than a double; a ratio this large only says that returns hardly differ.</summary>
    private const double SharpeMax = 1_000_000;

    private const int ShareRoundPlaces = 6;
    private const int StatisticPlaces = 8;

    public StateKey KeyOf(Outcome input) => new(input.Symbol, input.Strategy);

    public Decision<MetricsState, OpenPosition> Decide(MetricsState? shared, OpenPosition? keyed, Outcome input)
    {
        var open = OpenOf(input);
        var gain = (open?.Gain ?? 0) - (keyed?.Gain ?? 0);
        if ((shared ?? MetricsState.StartWith(account.Capital)).Add(input, gain, account.Capital) is not { } state)
        {
            return new(shared, keyed, [], FormattableString.Invariant(
                $"field 'pnl' is \"{input.Pnl}\", expected no sum of the account beyond ") +
                FormattableString.Invariant($"{Canonical.AmountMax}; look at who wrote that outcome"));
        }

        return new(state, open, [Snapshot(state, input)]);
    }

    private static OpenPosition? OpenOf(Outcome outcome)
    {
        if (outcome.OpenQuantity.Value == 0) return null;
        var gain = (outcome.ExitPrice.Value - outcome.OpenPrice.Value) * outcome.OpenQuantity.Value;
        return new OpenPosition(Math.Round(gain, Money.Places));
    }

    private MetricsSnapshot Snapshot(MetricsState state, Outcome outcome) => new(
        outcome.At,
        state.Trades,
        state.Wins,
        Math.Round((decimal)state.Wins / state.Trades, ShareRoundPlaces),
        state.GrossPnl,
        state.Fees,
        state.GrossPnl - state.Fees,
        ProfitFactorOf(state),
        Math.Round(state.MaxDrawdown, StatisticPlaces),
        Money.Rounded(Math.Clamp(state.Returns.Sharpe, -SharpeMax, SharpeMax), StatisticPlaces),
        state.EquityOf(account.Capital));

    private static decimal ProfitFactorOf(MetricsState state)
    {
        if (state.Profits == 0) return 0;
        if (state.Losses <= state.Profits / ProfitFactorMax) return ProfitFactorMax;
        return Math.Round(state.Profits / state.Losses, ShareRoundPlaces);
    }
}

/// <summary>What a strategy's open position is worth above what was paid, at the last price shown.</summary>
internal sealed record OpenPosition(decimal Gain);

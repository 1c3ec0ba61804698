namespace TradeOs.Stages;

/// <summary>Makes bars of what the market does and lets the strategies speak whenever one closes.</summary>
/// <remarks>
/// A bar of trades closes when a trade of a later interval arrives; an interval without trades makes no bar; a trade
/// that steps back in time counts in the bar being made. The decision is taken on the bar that closed, the price in
/// the signal is that of the trade that closed it. Finished bars that are fed are used as they are, and must rise in
/// time; a symbol that has been fed one makes no bars of its trades any more, so that nothing is counted twice. Long
/// only: buy enters, sell exits.
/// </remarks>
internal sealed class SignalEngine(StrategiesOptions options) : IPureStage<MarketEvent, SymbolStrategies, TickState>
{
    private readonly StrategyBench _bench = new(options);

    public StateKey SharedKeyOf(MarketEvent input) => new(input.Symbol, "strategies");

    public StateKey KeyOf(MarketEvent input) => new(input.Symbol);

    public Decision<SymbolStrategies, TickState> Decide(SymbolStrategies? shared, TickState? keyed, MarketEvent input)
    {
        var tick = keyed ?? TickState.Empty;
        return input switch
        {
            Trade trade => OnTrade(shared, tick, trade),
            Quote quote => new(shared, OnQuote(tick, quote), []),
            Bar bar => OnBar(shared, tick, bar),
            _ => throw new InvalidOperationException($"{input.GetType().Name} is not something a market does."),
        };
    }

    private Decision<SymbolStrategies, TickState> OnTrade(SymbolStrategies? strategies, TickState tick, Trade trade)
    {
        if (tick.BarAt is not null) return new(strategies, tick, []);
        var interval = trade.At.Ticks / options.Bars.Interval.Ticks;
        if (tick.Bar is not { } bar)
            return new(strategies, tick with { Bar = BarInProgress.Start(interval, trade) }, []);
        if (interval <= bar.Interval) return new(strategies, tick with { Bar = bar.Add(trade) }, []);
        var moment = MomentOf(tick.Quote, trade, trade.Price, new Quantity(bar.Volume), bar.Finish());
        var (after, said) = _bench.Close(strategies, moment);
        return new(after, tick with { Bar = BarInProgress.Start(interval, trade) }, said);
    }

    /// <summary>A quote older than the one known changes nothing.</summary>
    private static TickState OnQuote(TickState tick, Quote quote) =>
        tick.Quote is { } known && known.At > quote.At
            ? tick
            : tick with { Quote = new BestQuote(quote.At, quote.Bid, quote.Ask) };

    private Decision<SymbolStrategies, TickState> OnBar(SymbolStrategies? strategies, TickState tick, Bar bar)
    {
        if (tick.BarAt is { } last && bar.At <= last)
        {
            var detail = FormattableString.Invariant($"bar of {bar.At:O} after one of {last:O}, expected a later one");
            return new(strategies, tick, [new Rejection(bar.At, RejectionCodes.BarOutOfOrder, detail, bar.Symbol)]);
        }

        var finished = new FinishedBar((double)bar.High.Value, (double)bar.Low.Value, (double)bar.Close.Value);
        var (after, said) = _bench.Close(strategies, MomentOf(tick.Quote, bar, bar.Close, bar.Volume, finished));
        return new(after, new TickState(null, tick.Quote, bar.At), said);
    }

    private Moment MomentOf(BestQuote? quote, MarketEvent input, Price price, Quantity volume, FinishedBar bar)
    {
        var fresh = quote is not null && input.At - quote.At <= options.Bars.QuoteAgeMax ? quote : null;
        return new Moment(input.At, input.Symbol, price, fresh?.Bid ?? price, fresh?.Ask ?? price, volume, bar, null);
    }
}

namespace TradeOs.Stages;

/// <summary>Makes bars of what the market does and lets the strategies speak whenever one closes.</summary>
/// <remarks>
/// A bar of trades closes when a trade of a later interval arrives; an interval without trades makes no bar; a trade
/// that steps back in time counts in the bar being made. The decision is taken on the bar that closed, the price in
/// the signal is that of the trade that closed it. Finished bars that are fed are used as they are, and must rise in
/// time. The first trade or bar of a symbol fixes what its bars are made of; the other kind is not believed, so that
/// nothing is counted twice and neither can silence the other. Nor is a time far from the symbol's newest, see
/// <see cref="MarketTime"/>; where market time moves, the bar and the quote of the time left behind are dropped, so
/// that they hold up nothing, and so is what indicators remember of it: a cross between last year's prices and today's
/// is none. What is held stays held, its stop, target and time with it. Long only: buy enters, sell exits.
/// </remarks>
internal sealed class SignalEngine(StrategiesOptions options, MarketOptions market)
    : IPureStage<MarketEvent, SymbolStrategies, TickState>
{
    private readonly StrategyBench _bench = new(options);

    public StateKey SharedKeyOf(MarketEvent input) => new(input.Symbol, "strategies");

    public StateKey KeyOf(MarketEvent input) => new(input.Symbol);

    public Decision<SymbolStrategies, TickState> Decide(SymbolStrategies? shared, TickState? keyed, MarketEvent input)
    {
        var tick = keyed ?? TickState.Empty;
        if (OtherKind(tick.Source, input) is { } kind) return new(shared, keyed, [], kind);
        var (time, step) = MarketTime.See(tick.Time, input.At, market.TimeJumpMax);
        if (step == TimeStep.Doubted) return new(shared, tick with { Time = time }, [], FarAway(time, input));
        if (step == TimeStep.Moved)
            (shared, tick) = (shared?.Forget(), tick with { Bar = null, Quote = null, BarAt = null });
        return input switch
        {
            Trade trade => OnTrade(shared, tick, time, trade),
            Quote quote => new(shared, OnQuote(tick, time, quote), []),
            Bar bar => OnBar(shared, tick, time, bar),
            _ => throw new InvalidOperationException($"{input.GetType().Name} is not something a market does."),
        };
    }

    private static string? OtherKind(BarSource? source, MarketEvent input) => (source, input) switch
    {
        (BarSource.Trades, Bar) =>
            $"field 'kind' is \"bar\", expected trade or quote: the bars of {input.Symbol} are made of its trades " +
            "since the first one; give finished bars another symbol",
        (BarSource.Bars, Trade) =>
            $"field 'kind' is \"trade\", expected bar or quote: {input.Symbol} is fed finished bars since the first " +
            "one; give trades another symbol",
        _ => null,
    };

    private string FarAway(MarketTime time, MarketEvent input) => FormattableString.Invariant(
        $"field 'at' is \"{Canonical.Text(input.At)}\", expected within {market.TimeJumpMax} of ")
        + $"{Canonical.Text(time.Newest)}, the newest of {input.Symbol}; a second entry that agrees moves market time "
        + "there (Market:TimeJumpMax)";

    private Decision<SymbolStrategies, TickState> OnTrade(
        SymbolStrategies? strategies, TickState tick, MarketTime time, Trade trade)
    {
        var interval = trade.At.Ticks / options.Bars.Interval.Ticks;
        var current = tick.Bar;
        if (current is not null && interval <= current.Interval)
            return new(strategies, tick with { Time = time, Bar = current.Add(trade) }, []);
        var next = tick with { Time = time, Source = BarSource.Trades, Bar = BarInProgress.Start(interval, trade) };
        if (current is null) return new(strategies, next, []);
        var moment = MomentOf(tick.Quote, trade, trade.Price, new Quantity(current.Volume), current.Finish());
        var (after, said) = _bench.Close(strategies, moment);
        return new(after, next, said);
    }

    /// <summary>A quote older than the one known changes nothing but that market goes on.</summary>
    private static TickState OnQuote(TickState tick, MarketTime time, Quote quote)
    {
        if (tick.Quote is not { } known || known.At <= quote.At)
            return tick with { Time = time, Quote = new BestQuote(quote.At, quote.Bid, quote.Ask) };
        return tick.Time == time ? tick : tick with { Time = time };
    }

    private Decision<SymbolStrategies, TickState> OnBar(
        SymbolStrategies? strategies, TickState tick, MarketTime time, Bar bar)
    {
        if (tick.BarAt is { } last && bar.At <= last)
        {
            var detail = FormattableString.Invariant($"bar of {bar.At:O} after one of {last:O}, expected a later one");
            var refusal = new Rejection(bar.At, RejectionCodes.BarOutOfOrder, detail, bar.Symbol);
            return new(strategies, tick.Time == time ? tick : tick with { Time = time }, [refusal]);
        }

        var finished = new FinishedBar((double)bar.High.Value, (double)bar.Low.Value, (double)bar.Close.Value);
        var (after, said) = _bench.Close(strategies, MomentOf(tick.Quote, bar, bar.Close, bar.Volume, finished));
        return new(after, tick with { Time = time, Source = BarSource.Bars, BarAt = bar.At }, said);
    }

    private Moment MomentOf(BestQuote? quote, MarketEvent input, Price price, Quantity volume, FinishedBar bar)
    {
        var fresh = quote is not null && input.At - quote.At <= options.Bars.QuoteAgeMax ? quote : null;
        return new Moment(input.At, input.Symbol, price, fresh?.Bid ?? price, fresh?.Ask ?? price, volume, bar, null);
    }
}

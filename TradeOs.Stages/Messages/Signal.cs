using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>What a strategy says: an entry of <c>signals.raw</c> or <c>signals.qualified</c>. Buy enters, sell
/// exits.</summary>
/// <param name="At">Event time of the market at the decision.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Strategy">Who says it, 1 to 64 characters.</param>
/// <param name="Side">Buy enters; sell exits what the strategy holds. Nothing is sold short.</param>
/// <param name="Price">Last price at the decision.</param>
/// <param name="Bid">Best bid; the price where no quotes are fed.</param>
/// <param name="Ask">Best ask; the price where no quotes are fed.</param>
/// <param name="Volume">Units traded in the bar the decision was made on; 0 when unknown.</param>
/// <param name="Confidence">0 to 1; exits of our own strategies say 1.</param>
/// <param name="Reason">Such as <c>cross-up</c>, <c>stop</c>, <c>target</c>; 1 to 64 characters.</param>
/// <param name="AverageTrueRange">Of the symbol's bars, in quote currency; null when not known. On the wire:
/// <c>atr</c>.</param>
public sealed record Signal(
    DateTime At, string Symbol, string Strategy, Side Side, Price Price, Price Bid, Price Ask, Quantity Volume,
    decimal Confidence, string Reason, decimal? AverageTrueRange) : Message(At)
{
    internal static Signal Read(ref FieldReader reader)
    {
        var at = reader.Time("at"u8);
        reader.ReadOrigin();
        var symbol = reader.Text("symbol"u8, MarketEvent.NameLengthMax);
        var strategy = reader.Text("strategy"u8, MarketEvent.NameLengthMax);
        var side = reader.Side("side"u8);
        var price = reader.Price("price"u8);
        var bid = reader.Price("bid"u8);
        var ask = reader.Price("ask"u8);
        var volume = reader.NotNegative("volume"u8);
        var confidence = reader.Share("confidence"u8);
        var reason = reader.Text("reason"u8, MarketEvent.NameLengthMax);
        decimal? range = reader.Has("atr"u8) ? reader.NotNegative("atr"u8) : null;
        return new Signal(at, symbol, strategy, side, price, bid, ask, new Quantity(volume), confidence, reason, range);
    }

    internal override void WriteBody(FieldWriter writer)
    {
        writer.Add("symbol"u8, Symbol).Add("strategy"u8, Strategy).Add("side"u8, Side).Add("price"u8, Price)
            .Add("bid"u8, Bid).Add("ask"u8, Ask).Add("volume"u8, Volume).Add("confidence"u8, Confidence)
            .Add("reason"u8, Reason);
        if (AverageTrueRange is { } range) writer.Add("atr"u8, range);
    }
}

/// <summary>A qualified signal and how much of it to take: an entry of <c>signals.modified</c>.</summary>
/// <param name="Signal">What the strategy says.</param>
/// <param name="Weight">Share of the usual size, 1 being all of it; exits say 1.</param>
/// <param name="Volatility">Average true range over price, 8 places; 0 when not known, which only exits may be.</param>
public sealed record ModifiedSignal(Signal Signal, decimal Weight, decimal Volatility) : Message(Signal.At)
{
    internal static ModifiedSignal Read(ref FieldReader reader)
    {
        var signal = Signal.Read(ref reader);
        var weight = reader.NotNegative("weight"u8);
        return new ModifiedSignal(signal, weight, reader.NotNegative("volatility"u8));
    }

    internal override void WriteBody(FieldWriter writer)
    {
        Signal.WriteBody(writer);
        writer.Add("weight"u8, Weight).Add("volatility"u8, Volatility);
    }
}

using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>Something the market did: an entry of <c>market_data.raw</c>.</summary>
/// <param name="At">The market's event time, UTC, to the microsecond.</param>
/// <param name="Source">Who recorded it, e.g. <c>binance</c>.</param>
/// <param name="Symbol">Instrument, e.g. <c>BTCUSDT</c>.</param>
public abstract record MarketEvent(DateTime At, string Source, string Symbol)
{
    /// <summary>Longest name: source, symbol, id of a trade.</summary>
    public const int NameLengthMax = 64;

    /// <summary>Smallest price that is read.</summary>
    public const decimal PriceMin = Canonical.PriceMin;

    /// <summary>Largest price that is read.</summary>
    public const decimal PriceMax = Canonical.PriceMax;

    /// <summary>Largest quantity that is read.</summary>
    public const decimal QuantityMax = Canonical.MagnitudeMax;

    /// <summary>Writes the fields in the stream's order.</summary>
    public abstract void Write(FieldWriter writer);

    /// <summary>Reads an entry of the stream; null and an error when it is none.</summary>
    internal static MarketEvent? Read(Fields fields, out string? error)
    {
        var found = FieldReader.Read(fields, Read, out var reader);
        error = reader.Error;
        return error is null ? found : null;
    }

    /// <summary>Reads an entry of the stream; what is wrong with it is left in the reader.</summary>
    internal static MarketEvent? Read(ref FieldReader reader)
    {
        var at = reader.Time("at"u8);
        var source = reader.Text("source"u8, NameLengthMax);
        var symbol = reader.Text("symbol"u8, NameLengthMax);
        var kind = reader.Bytes("kind"u8);
        if (kind.SequenceEqual("trade"u8)) return Trade.Read(ref reader, at, source, symbol);
        if (kind.SequenceEqual("bar"u8)) return Bar.Read(ref reader, at, source, symbol);
        if (kind.SequenceEqual("quote"u8)) return Quote.Read(ref reader, at, source, symbol);
        reader.Wrong("kind"u8, kind, "trade, bar or quote");
        return null;
    }
}

/// <summary>One trade between two others.</summary>
/// <param name="At">Event time.</param>
/// <param name="Source">Who recorded it.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Price">Above 0.</param>
/// <param name="Quantity">Above 0.</param>
/// <param name="Side">Which side took the other's order.</param>
/// <param name="TradeId">The venue's id of the trade, or what the feed numbers it by; 1 to 64 characters.</param>
public sealed record Trade(
    DateTime At, string Source, string Symbol, Price Price, Quantity Quantity, Side Side, string TradeId)
    : MarketEvent(At, Source, Symbol)
{
    /// <inheritdoc/>
    public override void Write(FieldWriter writer) => writer
        .Add("at"u8, At).Add("source"u8, Source).Add("symbol"u8, Symbol).Add("kind"u8, "trade"u8)
        .Add("price"u8, Price).Add("qty"u8, Quantity).Add("side"u8, Side).Add("trade_id"u8, TradeId);

    internal static Trade Read(ref FieldReader reader, DateTime at, string source, string symbol)
    {
        var price = reader.Price("price"u8);
        var quantity = reader.Positive("qty"u8);
        var side = reader.Side("side"u8);
        var tradeId = reader.Identifier("trade_id"u8, NameLengthMax);
        return new Trade(at, source, symbol, price, new Quantity(quantity), side, tradeId);
    }
}

/// <summary>A finished bar; <see cref="MarketEvent.At"/> is where the recorder stamped it.</summary>
/// <param name="At">Event time.</param>
/// <param name="Source">Who recorded it.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Open">First price, above 0.</param>
/// <param name="High">Highest, not below open, close and low.</param>
/// <param name="Low">Lowest, above 0.</param>
/// <param name="Close">Last.</param>
/// <param name="Volume">0 or more; 0 where the recorder has none.</param>
public sealed record Bar(
    DateTime At, string Source, string Symbol, Price Open, Price High, Price Low, Price Close, Quantity Volume)
    : MarketEvent(At, Source, Symbol)
{
    /// <inheritdoc/>
    public override void Write(FieldWriter writer) => writer
        .Add("at"u8, At).Add("source"u8, Source).Add("symbol"u8, Symbol).Add("kind"u8, "bar"u8)
        .Add("open"u8, Open).Add("high"u8, High).Add("low"u8, Low).Add("close"u8, Close).Add("volume"u8, Volume);

    internal static Bar Read(ref FieldReader reader, DateTime at, string source, string symbol)
    {
        var open = reader.Price("open"u8);
        var high = reader.Price("high"u8);
        var low = reader.Price("low"u8);
        var close = reader.Price("close"u8);
        var volume = reader.NotNegative("volume"u8);
        if (reader.Error is null && (high < open || high < close || low > open || low > close))
            reader.Wrong("high"u8, reader.Bytes("high"u8), "high and low around open and close");
        return new Bar(at, source, symbol, open, high, low, close, new Quantity(volume));
    }
}

/// <summary>Best bid and ask of a book.</summary>
/// <param name="At">Event time.</param>
/// <param name="Source">Who recorded it.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Bid">Best price someone pays, above 0.</param>
/// <param name="BidQuantity">Units wanted at it.</param>
/// <param name="Ask">Best price someone takes, not below the bid.</param>
/// <param name="AskQuantity">Units offered at it.</param>
public sealed record Quote(
    DateTime At, string Source, string Symbol, Price Bid, Quantity BidQuantity, Price Ask, Quantity AskQuantity)
    : MarketEvent(At, Source, Symbol)
{
    /// <inheritdoc/>
    public override void Write(FieldWriter writer) => writer
        .Add("at"u8, At).Add("source"u8, Source).Add("symbol"u8, Symbol).Add("kind"u8, "quote"u8)
        .Add("bid"u8, Bid).Add("bid_qty"u8, BidQuantity).Add("ask"u8, Ask).Add("ask_qty"u8, AskQuantity);

    internal static Quote Read(ref FieldReader reader, DateTime at, string source, string symbol)
    {
        var bid = reader.Price("bid"u8);
        var bidQuantity = reader.NotNegative("bid_qty"u8);
        var ask = reader.Price("ask"u8);
        var askQuantity = reader.NotNegative("ask_qty"u8);
        if (reader.Error is null && ask < bid)
            reader.Wrong("ask"u8, reader.Bytes("ask"u8), "a price not below the bid");
        return new Quote(at, source, symbol, bid, new Quantity(bidQuantity), ask, new Quantity(askQuantity));
    }
}

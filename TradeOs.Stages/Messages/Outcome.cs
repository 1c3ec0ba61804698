using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>A closed round trip: an entry of <c>signal.outcomes</c>.</summary>
/// <param name="At">Event time of the exit.</param>
/// <param name="Symbol">Instrument.</param>
/// <param name="Strategy">Whose round trip.</param>
/// <param name="Side">Side of the entry: buy.</param>
/// <param name="Quantity">Units closed.</param>
/// <param name="EntryPrice">Price paid.</param>
/// <param name="ExitPrice">Price got.</param>
/// <param name="Pnl">Exit less entry times quantity, before fees, quote currency.</param>
/// <param name="Fees">Its share of the entry's and of the exit's fee.</param>
/// <param name="Return">Pnl less fees over the entry's notional, 8 places. 0.01 is one percent.</param>
/// <param name="HeldMs">Market time held, whole milliseconds.</param>
/// <param name="OpenQuantity">Units the strategy's book still holds afterwards.</param>
/// <param name="OpenPrice">Average price paid for them, 12 places; 0 when there are none.</param>
public sealed record Outcome(
    DateTime At, string Symbol, string Strategy, Side Side, Quantity Quantity, Price EntryPrice, Price ExitPrice,
    decimal Pnl, decimal Fees, decimal Return, long HeldMs, Quantity OpenQuantity, Price OpenPrice) : Message(At)
{
    /// <summary>Pnl less fees, quote currency.</summary>
    public decimal NetPnl => Pnl - Fees;

    internal static Outcome Read(ref FieldReader reader)
    {
        var at = reader.Time("at"u8);
        reader.ReadOrigin();
        var symbol = reader.Text("symbol"u8, MarketEvent.NameLengthMax);
        var strategy = reader.Text("strategy"u8, MarketEvent.NameLengthMax);
        var side = reader.Side("side"u8);
        var quantity = new Quantity(reader.Positive("qty"u8));
        var entry = new Price(reader.Positive("entry_price"u8));
        var exit = new Price(reader.Positive("exit_price"u8));
        var pnl = reader.Signed("pnl"u8);
        var fees = reader.Amount("fees"u8);
        var share = reader.Signed("return"u8);
        var held = (long)reader.NotNegative("held_ms"u8);
        var result = reader.Bytes("result"u8);
        if (reader.Error is null && !result.SequenceEqual(ResultOf(pnl - fees)))
            reader.Wrong("result"u8, result, "win, loss or flat as pnl less fees says");
        var openQuantity = new Quantity(reader.NotNegative("open_qty"u8));
        var openPrice = new Price(reader.NotNegative("open_price"u8));
        return new Outcome(
            at, symbol, strategy, side, quantity, entry, exit, pnl, fees, share, held, openQuantity, openPrice);
    }

    internal override void WriteBody(FieldWriter writer) => writer
        .Add("symbol"u8, Symbol).Add("strategy"u8, Strategy).Add("side"u8, Side).Add("qty"u8, Quantity)
        .Add("entry_price"u8, EntryPrice).Add("exit_price"u8, ExitPrice).Add("pnl"u8, Pnl).Add("fees"u8, Fees)
        .Add("return"u8, Return).Add("held_ms"u8, HeldMs).Add("result"u8, ResultOf(NetPnl))
        .Add("open_qty"u8, OpenQuantity).Add("open_price"u8, OpenPrice);

    private static ReadOnlySpan<byte> ResultOf(decimal net) => net switch
    {
        > 0 => "win"u8,
        < 0 => "loss"u8,
        _ => "flat"u8,
    };
}

using System.Globalization;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>The entry every side of a comparison writes: one trade, eight fields.</summary>
internal static class SampleTick
{
    /// <summary>A trade of BTCUSDT.</summary>
    public static Trade Trade { get; } = new(
        new DateTime(2024, 8, 8, 23, 54, 15, 342, DateTimeKind.Utc), "binance", "BTCUSDT", new Price(61713.25m),
        new Quantity(0.00731m), Side.Buy, "3755289441");

    /// <summary>Its fields as words of a command: name, value, name, value.</summary>
    public static string[] Words { get; } =
    [
        "at", "2024-08-08T23:54:15.342000Z", "source", Trade.Source, "symbol", Trade.Symbol, "kind", "trade",
        "price", Trade.Price.ToString(), "qty", Trade.Quantity.Value.ToString(CultureInfo.InvariantCulture),
        "side", "buy", "trade_id", Trade.TradeId,
    ];
}

using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>Messages as tests need them: a good one, changed with <c>with</c> where the test is about a
/// difference.</summary>
internal static class Sample
{
    public static DateTime Noon { get; } = new(2024, 8, 8, 12, 0, 0, DateTimeKind.Utc);

    public static Signal Buy { get; } = new(
        Noon, "BTCUSDT", "ema-cross", Side.Buy, new Price(100), new Price(99.9m), new Price(100.1m), new Quantity(50),
        0.8m, "cross-up", 0.05m);

    public static Signal Sell { get; } = Buy with { Side = Side.Sell, Confidence = 1, Reason = "stop" };

    public static ModifiedSignal Weighted(Signal signal, decimal weight = 1) => new(signal, weight, 0.0005m);

    public static Intent Intent(int number, Side side, decimal quantity = 10, decimal price = 100) => new(
        Noon, $"I-{number}", "BTCUSDT", "ema-cross", side, new Quantity(quantity), new Price(price), new Price(price),
        new Price(price), new Quantity(50), quantity * price);

    public static Order Order(int number, Side side, decimal quantity = 10, decimal price = 100) =>
        new($"paper-{number}", Intent(number, side, quantity, price));

    public static Fill Fill(int number, Side side, decimal quantity, decimal price, decimal fee = 0) => new(
        Noon.AddSeconds(number), $"paper-{number}", $"paper-{number}-1", "BTCUSDT", "ema-cross", side,
        new Quantity(quantity), new Price(price), fee, "quote");

    public static Outcome Outcome(decimal pnl, decimal share = 0, decimal fees = 0) => new(
        Noon, "BTCUSDT", "ema-cross", Side.Buy, new Quantity(1), new Price(100), new Price(100 + pnl), pnl, fees, share,
        5, new Quantity(0), new Price(0));

    public static Trade Trade(double seconds, decimal price, decimal quantity = 1, string symbol = "BTCUSDT") => new(
        Noon.AddSeconds(seconds), "test", symbol, new Price(price), new Quantity(quantity), Side.Buy, "1");

    public static Bar Bar(int day, decimal open, decimal high, decimal low, decimal close) => new(
        Noon.AddDays(day), "test", "SPY", new Price(open), new Price(high), new Price(low), new Price(close),
        new Quantity(7));
}

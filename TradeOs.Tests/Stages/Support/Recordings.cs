using System.Globalization;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>The four recordings the pipeline is shown, read by a few lines of the tests' own.</summary>
internal static class Recordings
{
    private const long MicrosecondsFrom = 100_000_000_000_000;

    public static string[] All { get; } =
        [Recorded.BtcSpot, Recorded.BtcFutures, Recorded.TrxMicroseconds, Recorded.Spy];

    public static IReadOnlyList<MarketEvent> Read(string path)
    {
        var lines = Recorded.Lines(path).Where(line => char.IsAsciiDigit(line[0]));
        return path == Recorded.Spy
            ? [.. lines.Select(BarOf)]
            : [.. lines.Select(line => TradeOf(SymbolOf(path), line))];
    }

    private static string SymbolOf(string path) => Path.GetFileName(path).Split('-')[0];

    private static Trade TradeOf(string symbol, string line)
    {
        var parts = line.Split(',');
        var time = long.Parse(parts[4], CultureInfo.InvariantCulture);
        var at = DateTime.UnixEpoch.AddTicks(
            time * (time < MicrosecondsFrom ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerMicrosecond));
        var side = bool.Parse(parts[5]) ? Side.Sell : Side.Buy;
        return new Trade(at, "binance", symbol, PriceOf(parts[1]), new Quantity(NumberOf(parts[2])), side, parts[0]);
    }

    private static Bar BarOf(string line)
    {
        var parts = line.Split(',');
        var at = DateTime.Parse(
            parts[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        return new Bar(
            at, "skender", "SPY", PriceOf(parts[1]), PriceOf(parts[2]), PriceOf(parts[3]), PriceOf(parts[4]),
            new Quantity(NumberOf(parts[5])));
    }

    private static Price PriceOf(string text) => new(NumberOf(text));

    private static decimal NumberOf(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}

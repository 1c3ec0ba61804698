using System.Globalization;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Tests.EndToEnd;

/// <summary>
/// Open, high, low, close, base, quote and taker-buy volume, recomputed from the trades that
/// Redis holds; quote volume to six places, as the table it is held against gives it.
/// </summary>
internal static class MarketTotals
{
    private const string Exact = "0.############################";

    public static async Task<string> OfAsync(RedisServerProcess redis)
    {
        decimal open = 0, high = 0, low = decimal.MaxValue, close = 0, volume = 0, quoteVolume = 0, takerBuy = 0;
        using var control = await ControlConnection.ConnectAsync(redis.Options, CancellationToken.None);
        await foreach (var entry in StreamEntries.AllAsync(control, "market_data.raw"))
        {
            var price = Number(entry, "price"u8);
            var quantity = Number(entry, "qty"u8);
            if (open == 0) open = price;
            (high, low, close) = (Math.Max(high, price), Math.Min(low, price), price);
            volume += quantity;
            quoteVolume += price * quantity;
            if (entry.Fields.TryGet("side"u8, out var side) && side.SequenceEqual("buy"u8)) takerBuy += quantity;
        }

        return string.Join(' ', new[] { open, high, low, close, volume, Math.Round(quoteVolume, 6), takerBuy }
            .Select(number => number.ToString(Exact, CultureInfo.InvariantCulture)));
    }

    private static decimal Number(Entry entry, ReadOnlySpan<byte> name) => entry.Fields.TryGet(name, out var value)
        ? decimal.Parse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"{entry.Id} has no {Encoding.UTF8.GetString(name)}.");
}

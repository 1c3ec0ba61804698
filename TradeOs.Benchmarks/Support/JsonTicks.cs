using System.Text.Json;
using TradeOs.Stages;

namespace TradeOs.Benchmarks;

/// <summary>The trades of a replay written and read once with the framework's JSON: what this core makes of ordinary
/// code in the same minute, and so what a replay is compared with.</summary>
internal sealed class JsonTicks(IEnumerable<MarketEvent> events)
{
    private readonly Tick[] _ticks =
    [
        .. events.Cast<Trade>().Select(trade => new Tick(
            trade.At, trade.Source, trade.Symbol, "trade", trade.Price.Value, trade.Quantity.Value,
            trade.Side.ToString(), trade.TradeId)),
    ];

    /// <summary>Writes and reads all of them.</summary>
    /// <returns>How many came back as they went, so that nobody can say that nothing was done.</returns>
    public long Run()
    {
        var same = 0L;
        foreach (var tick in _ticks)
            if (JsonSerializer.Deserialize<Tick>(JsonSerializer.SerializeToUtf8Bytes(tick)) == tick) same++;
        return same;
    }

    private sealed record Tick(
        DateTime At, string Source, string Symbol, string Kind, decimal Price, decimal Quantity, string Side,
        string TradeId);
}

using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>What must hold between the fields of one entry, and between it and the limit of its cause.</summary>
internal static class OutputRules
{
    private const int MoneyPlaces = 8;

    /// <summary>Looks at one entry of a stage.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="where">Its stream and id.</param>
    /// <param name="limit">Ask of a buy, bid of a sale, of the order behind a fill.</param>
    /// <param name="found">Takes code, where, found, expected.</param>
    public static void Check(EntryView entry, string where, decimal? limit, Action<string, string, string, string> found)
    {
        var stream = where.Split('/')[0];
        if (stream == Stages.StreamNames.SignalsModified) CheckWeight(entry, where, found);
        else if (stream == Stages.StreamNames.TradeIntents) CheckNotional(entry, where, found);
        else if (stream == Stages.StreamNames.Fills) CheckFill(entry, where, limit, found);
    }

    private static void CheckWeight(EntryView entry, string where, Action<string, string, string, string> found)
    {
        if (entry.NumberOf("price") is not { } price || price <= 0) return;
        if (entry.NumberOf("weight") is not { } weight) return;
        var isSale = entry["side"] == "sell";
        if (isSale && weight != 1) found(CheckCodes.Field, where, $"weight {weight} of an exit", "1");
        if (!isSale && weight is <= 0 or > 100) found(CheckCodes.Field, where, $"weight {weight}", "above 0, up to 100");
        if (entry.NumberOf("atr") is not { } range || range > price) return;
        var expected = Math.Round(range / price, MoneyPlaces);
        if (entry.NumberOf("volatility") is { } volatility && volatility != expected)
            found(CheckCodes.Field, where, $"volatility {volatility}", $"{expected}, atr over price");
    }

    private static void CheckNotional(EntryView entry, string where, Action<string, string, string, string> found)
    {
        if (entry.NumberOf("price") is not { } price || entry.NumberOf("qty") is not { } quantity) return;
        var expected = Math.Round(price * quantity, MoneyPlaces);
        if (entry.NumberOf("notional") is { } notional && notional != expected)
            found(CheckCodes.Field, where, $"notional {notional}", $"{expected}, price times qty");
    }

    private static void CheckFill(
        EntryView entry, string where, decimal? limit, Action<string, string, string, string> found)
    {
        if (entry["exec_id"] != entry["order_id"] + "-1")
            found(CheckCodes.Number, where, $"exec_id \"{entry["exec_id"]}\"", $"\"{entry["order_id"]}-1\"");
        if (entry.NumberOf("fee") is < 0) found(CheckCodes.Field, where, $"fee {entry["fee"]}", "0 or more");
        if (limit is not { } bound || entry.NumberOf("price") is not { } price) return;
        var isBuy = entry["side"] == "buy";
        if (isBuy ? price < bound : price > bound)
            found(CheckCodes.Field, where, $"price {price}", $"no better than the {(isBuy ? "ask" : "bid")} {bound}");
    }
}

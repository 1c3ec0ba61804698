namespace TradeOs.Host;

/// <summary>An exit closes exactly what its entry was planned with: one plan a symbol and strategy.</summary>
internal static class PlanRules
{
    /// <summary>Looks at the next intent of the planner.</summary>
    /// <param name="intent">The intent.</param>
    /// <param name="open">Quantity of the open plan by symbol and strategy.</param>
    /// <param name="notes">Takes what is found.</param>
    public static void Check(EntryView intent, Dictionary<string, decimal> open, CheckNotes notes)
    {
        if (intent.NumberOf("qty") is not { } quantity) return;
        var key = $"{intent["symbol"]}\n{intent["strategy"]}";
        if (intent["side"] == "buy")
        {
            if (!open.TryAdd(key, quantity)) Found("a second entry", "an exit of the first one before");
            open[key] = quantity;
        }
        else if (open.Remove(key, out var planned) && planned != quantity)
        {
            Found($"qty {quantity}", $"{planned}, as its entry was planned");
        }

        void Found(string found, string expected) => notes.Found(
            CheckCodes.Field, $"trade.intents/{intent.Id}", found, expected,
            CheckNotes.Look("trade.intents", intent.Id));
    }
}

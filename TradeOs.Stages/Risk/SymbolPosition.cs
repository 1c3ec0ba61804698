using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>What is approved of one symbol, approved counting as filled.</summary>
/// <param name="LastPrice">Price of the last intent, approved or not; null before the first.</param>
/// <param name="Holdings">By strategy, in the order first bought; none is empty.</param>
internal sealed record SymbolPosition(Price? LastPrice, ImmutableArray<StrategyHolding> Holdings)
{
    public static SymbolPosition Empty { get; } = new(null, []);

    /// <summary>Worst-case cost of all strategies together.</summary>
    internal decimal Cost
    {
        get
        {
            var cost = 0m;
            foreach (var holding in Holdings) cost += holding.Cost;
            return cost;
        }
    }

    /// <summary>Worst-case cost of an entry: units at the higher of price and ask, rounded as a notional is.</summary>
    public static decimal CostOf(Intent intent) =>
        Money.Notional(intent.Ask > intent.Price ? intent.Ask : intent.Price, intent.Quantity);

    public StrategyHolding? Of(string strategy)
    {
        var index = IndexOf(strategy);
        return index < 0 ? null : Holdings[index];
    }

    public SymbolPosition Buy(Intent intent)
    {
        var (index, cost) = (IndexOf(intent.Strategy), CostOf(intent));
        if (index < 0) return this with { Holdings = Holdings.Add(new(intent.Strategy, intent.Quantity, cost)) };
        var held = Holdings[index];
        var more = new Quantity(held.Quantity.Value + intent.Quantity.Value);
        return this with { Holdings = Holdings.SetItem(index, new(intent.Strategy, more, held.Cost + cost)) };
    }

    /// <summary>Takes the units away and their share of the cost; the last unit takes all that is left of it.</summary>
    public SymbolPosition Sell(Intent intent)
    {
        var index = IndexOf(intent.Strategy);
        var held = Holdings[index];
        var left = new Quantity(held.Quantity.Value - intent.Quantity.Value);
        if (left.Value == 0) return this with { Holdings = Holdings.RemoveAt(index) };
        var cost = Math.Round(held.Cost * (left.Value / held.Quantity.Value), Money.Places);
        return this with { Holdings = Holdings.SetItem(index, new(intent.Strategy, left, cost)) };
    }

    private int IndexOf(string strategy)
    {
        for (var index = 0; index < Holdings.Length; index++)
        {
            if (Holdings[index].Strategy == strategy) return index;
        }

        return -1;
    }
}

/// <summary>What is approved of one symbol for one strategy.</summary>
/// <param name="Strategy">Whose it is.</param>
/// <param name="Quantity">Units, above 0.</param>
/// <param name="Cost">Worst-case cost, quote currency.</param>
internal sealed record StrategyHolding(string Strategy, Quantity Quantity, decimal Cost);

using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>What one strategy holds of one symbol: lots bought and not sold yet, oldest first.</summary>
internal sealed record Book(ImmutableArray<Lot> Lots)
{
    public static Book Empty { get; } = new(ImmutableArray<Lot>.Empty);

    /// <summary>Units of all lots.</summary>
    internal decimal Quantity
    {
        get
        {
            var quantity = 0m;
            foreach (var lot in Lots) quantity += lot.Quantity;
            return quantity;
        }
    }

    /// <summary>What was paid for them, quote currency.</summary>
    internal decimal Paid
    {
        get
        {
            var paid = 0m;
            foreach (var lot in Lots) paid += lot.Price * lot.Quantity;
            return paid;
        }
    }

    /// <summary>Whether it holds no more than later stages can count.</summary>
    internal bool IsCountable => Quantity <= Canonical.MagnitudeMax && Paid <= Canonical.AmountMax;

    /// <summary>Average price paid for them, 12 places; 0 when there are none.</summary>
    internal decimal AveragePrice => Lots.IsEmpty ? 0 : Math.Round(Paid / Quantity, Money.PricePlaces);

    public Book Add(Lot lot) => new(Lots.Add(lot));

    /// <summary>The first lot becomes what is left of it, and leaves when that is nothing.</summary>
    public Book ReplaceFirst(Lot left) => new(left.Quantity > 0 ? Lots.SetItem(0, left) : Lots.RemoveAt(0));
}

/// <summary>Units bought, or sold, at one price.</summary>
/// <param name="At">When.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Price">Price of a unit.</param>
/// <param name="Fee">Fee of these units.</param>
internal sealed record Lot(DateTime At, decimal Quantity, decimal Price, decimal Fee)
{
    public static Lot Of(Fill fill) => new(fill.At, fill.Quantity.Value, fill.Price.Value, fill.Fee);

    /// <summary>So many units and what is left, the fee shared by quantity; together they are exactly this
    /// lot.</summary>
    public (Lot Part, Lot Left) Split(decimal units)
    {
        if (units == Quantity) return (this, this with { Quantity = 0, Fee = 0 });
        var fee = Math.Round(Fee * (units / Quantity), Money.Places);
        return (this with { Quantity = units, Fee = fee }, this with { Quantity = Quantity - units, Fee = Fee - fee });
    }
}

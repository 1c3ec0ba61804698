namespace TradeOs.Host;

/// <summary>What one strategy holds of one symbol, lot by lot, as the fills say.</summary>
internal sealed class Holding(bool isKnown)
{
    private const int MoneyPlaces = 8;
    private const int AveragePlaces = 12;
    private const decimal AmountMax = 10_000_000_000_000_000_000_000_000_000m;

    private readonly LinkedList<HeldFill> _lots = [];

    /// <summary>Whether everything it holds is known.</summary>
    public bool IsKnown { get; private set; } = isKnown;

    /// <summary>It holds nothing, which is known.</summary>
    public void Forget()
    {
        _lots.Clear();
        IsKnown = true;
    }

    /// <summary>Adds a lot.</summary>
    public void Buy(HeldFill fill)
    {
        if (IsKnown) _lots.AddLast(fill);
    }

    /// <summary>Closes the oldest lots; gives the figures of each part closed.</summary>
    public List<string[]> Sell(HeldFill sale)
    {
        var closed = new List<string[]>();
        var (left, feeLeft) = (sale.Quantity, sale.Fee);
        while (left > 0 && _lots.First is { } first)
        {
            var lot = first.Value;
            var units = Math.Min(left, lot.Quantity);
            var (feeOfSale, feeOfLot) = (ShareOf(feeLeft, units, left), ShareOf(lot.Fee, units, lot.Quantity));
            (left, feeLeft) = (left - units, feeLeft - feeOfSale);
            if (units == lot.Quantity) _lots.RemoveFirst();
            else first.Value = lot with { Quantity = lot.Quantity - units, Fee = lot.Fee - feeOfLot };
            closed.Add(Figures(sale, lot, units, feeOfSale + feeOfLot));
        }

        return closed;
    }

    /// <summary>The last part takes what is left, so that the parts are the whole.</summary>
    private static decimal ShareOf(decimal fee, decimal units, decimal of) =>
        units == of ? fee : Math.Round(fee * (units / of), MoneyPlaces);

    private string[] Figures(HeldFill sale, HeldFill lot, decimal units, decimal fees)
    {
        var profit = Math.Round((sale.Price - lot.Price) * units, MoneyPlaces);
        var (net, paid) = (profit - fees, lot.Price * units);
        var share = Math.Abs(net) / AmountMax >= paid ? Math.Sign(net) * AmountMax : Math.Round(net / paid, MoneyPlaces);
        var held = sale.At > lot.At ? (sale.At - lot.At).Ticks / TimeSpan.TicksPerMillisecond : 0;
        var open = _lots.Sum(other => other.Quantity);
        var average = open == 0 ? 0
            : Math.Round(_lots.Sum(other => other.Price * other.Quantity) / open, AveragePlaces);
        return
        [
            "buy", Text(units), Text(lot.Price), Text(sale.Price), Text(profit), Text(fees), Text(share), Text(held),
            net > 0 ? "win" : net < 0 ? "loss" : "flat", Text(open), Text(average),
        ];
    }

    private static string Text(decimal number) => EntryView.Canonical(number);
}

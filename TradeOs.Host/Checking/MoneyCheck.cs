using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>Computes profit and loss of every fill again, first in first out, and holds the outcomes against
/// it.</summary>
/// <remarks>
/// When fills are gone, what a strategy held is not known until an outcome says that it holds nothing any more; from
/// there on everything is proven again.
/// </remarks>
internal sealed class MoneyCheck(CheckNotes notes)
{
    private static readonly string[] Figures =
    [
        "side", "qty", "entry_price", "exit_price", "pnl", "fees", "return", "held_ms", "result", "open_qty",
        "open_price",
    ];

    private readonly List<HeldFill> _fills = [];
    private readonly List<HeldOutcome> _outcomes = [];
    private readonly Dictionary<string, Holding> _holdings = new(StringComparer.Ordinal);
    private long _unproven;

    /// <summary>Takes the next fill; one that cannot be read is for another rule.</summary>
    public void AddFill(EntryView fill)
    {
        if (fill.NumberOf("qty") is not { } quantity || quantity <= 0 || fill.NumberOf("price") is not { } price
            || fill.NumberOf("fee") is not { } fee || !EntryView.TryTime(fill["at"], out var at)) return;
        var key = string.Intern($"{fill["symbol"]}\n{fill["strategy"]}");
        _fills.Add(new HeldFill(fill.Id, key, fill["side"] == "buy", at, quantity, price, fee));
    }

    /// <summary>Takes the next outcome of the outcome-tracker.</summary>
    public void AddOutcome(EntryView outcome)
    {
        var values = new string[Figures.Length];
        for (var index = 0; index < values.Length; index++) values[index] = outcome[Figures[index]] ?? "";
        _outcomes.Add(new HeldOutcome(outcome.Id, outcome.Cause!.Value, values));
    }

    /// <summary>Compares; all fills and outcomes were added.</summary>
    /// <param name="inputs">The fills, and which of them were buried.</param>
    /// <param name="position">Last fill processed.</param>
    /// <param name="fillsGone">Fills that are gone.</param>
    /// <param name="outcomesGone">Outcomes that are gone.</param>
    public void Complete(HeldEntries inputs, EntryId position, long fillsGone, long outcomesGone)
    {
        var said = _outcomes.ToLookup(outcome => outcome.Cause);
        var firstCause = _outcomes.Count > 0 ? _outcomes[0].Cause : new EntryId(ulong.MaxValue, ulong.MaxValue);
        foreach (var fill in _fills)
        {
            var place = inputs.Find(fill.Id);
            if (fill.Id > position || place < 0 || (inputs.MarksAt(place) & HeldEntries.Dead) != 0) continue;
            if (!_holdings.TryGetValue(fill.Key, out var holding))
                _holdings[fill.Key] = holding = new Holding(isKnown: fillsGone == 0);
            if (fill.IsBuy) holding.Buy(fill);
            else if (outcomesGone > 0 && fill.Id <= firstCause) Close(holding, fill);
            else Compare(fill, holding, [.. said[fill.Id]]);
        }

        if (_unproven > 0)
        {
            notes.NotProven(
                "signal.outcomes",
                $"profit and loss of {_unproven} fills: fills or outcomes before them were trimmed.");
        }
    }

    private void Close(Holding holding, HeldFill fill)
    {
        holding.Sell(fill);
        _unproven++;
    }

    private void Compare(HeldFill fill, Holding holding, HeldOutcome[] said)
    {
        if (!holding.IsKnown)
        {
            _unproven++;
            if (said.Length > 0 && said[^1].Values[9] == "0") holding.Forget();
            return;
        }

        var expected = holding.Sell(fill);
        if (said.Length != expected.Count)
        {
            notes.Found(
                CheckCodes.Profit, $"fills/{fill.Id}", $"{said.Length} outcomes", $"{expected.Count}, one a lot it closes",
                CheckNotes.Look("fills", fill.Id));
        }

        foreach (var (found, figures) in said.Zip(expected))
        {
            for (var index = 0; index < Figures.Length; index++)
            {
                if (found.Values[index] == figures[index]) continue;
                notes.Found(
                    CheckCodes.Profit, $"signal.outcomes/{found.Id}", $"{Figures[index]} {found.Values[index]}",
                    $"{figures[index]}, computed from fills first in first out",
                    CheckNotes.Look("signal.outcomes", found.Id));
            }
        }
    }

    /// <summary>What an outcome says, in the order of the figures.</summary>
    private sealed record HeldOutcome(EntryId Id, EntryId Cause, string[] Values);
}

/// <summary>One fill as far as it changes money.</summary>
internal readonly record struct HeldFill(
    EntryId Id, string Key, bool IsBuy, DateTime At, decimal Quantity, decimal Price, decimal Fee);

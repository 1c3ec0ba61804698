using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Adds the outcomes up again and holds every snapshot of the account against the sums.</summary>
/// <remarks>
/// The capital is in no stream, so it is what most snapshots agree on. When outcomes or snapshots are gone, the sums go
/// on from the oldest snapshot left; what needs all of history is then not proven.
/// </remarks>
internal sealed class MetricsCheck(CheckNotes notes)
{
    private readonly Dictionary<EntryId, OutcomeSums> _outcomes = [];
    private readonly List<(EntryId Id, EntryId Cause, EntryView View)> _snapshots = [];
    private readonly Dictionary<string, decimal> _open = new(StringComparer.Ordinal);

    /// <summary>Takes the next outcome.</summary>
    public void AddOutcome(EntryView outcome)
    {
        decimal[] numbers = new decimal[6];
        string[] names = ["pnl", "fees", "return", "exit_price", "open_price", "open_qty"];
        for (var index = 0; index < names.Length; index++)
        {
            if (outcome.NumberOf(names[index]) is not { } number) return;
            numbers[index] = number;
        }

        var key = string.Intern($"{outcome["symbol"]}\n{outcome["strategy"]}");
        var gain = Math.Round((numbers[3] - numbers[4]) * numbers[5], 8);
        _outcomes[outcome.Id] = new OutcomeSums(key, numbers[0], numbers[1], (double)numbers[2], gain);
    }

    /// <summary>Takes the next snapshot.</summary>
    public void AddSnapshot(EntryView snapshot) => _snapshots.Add((snapshot.Id, snapshot.Cause!.Value, snapshot));

    /// <summary>Compares; all outcomes and snapshots were added.</summary>
    public void Complete(long outcomesGone, long snapshotsGone)
    {
        var isWhole = outcomesGone == 0 && snapshotsGone == 0;
        if (!isWhole)
        {
            notes.NotProven(
                StreamNames.Metrics,
                "profit_factor, max_drawdown, sharpe, equity: outcomes or snapshots were trimmed. The sums go on from " +
                "the oldest snapshot left.");
        }

        var capital = isWhole ? CapitalOf() : null;
        var sums = isWhole ? new AccountSums(capital ?? 0) : null;
        foreach (var (id, cause, view) in _snapshots)
        {
            if (!_outcomes.TryGetValue(cause, out var outcome))
            {
                sums = null;
                continue;
            }

            if (sums is null) sums = AccountSums.From(view);
            else Compare(id, view, sums, outcome, isWhole, capital);
        }
    }

    private void Compare(
        EntryId id, EntryView view, AccountSums sums, OutcomeSums outcome, bool isWhole, decimal? capital)
    {
        var gain = outcome.OpenGain - _open.GetValueOrDefault(outcome.Key);
        _open[outcome.Key] = outcome.OpenGain;
        sums.Add(outcome, gain);
        foreach (var (name, expected) in sums.Figures(isWhole, capital is not null))
        {
            if (view[name] == expected) continue;
            notes.Found(
                CheckCodes.Metrics, $"{StreamNames.Metrics}/{id}", $"{name} {view[name]}",
                $"{expected}, computed from the outcomes", CheckNotes.Look(StreamNames.Metrics, id));
        }
    }

    /// <summary>Equity less what was won and what is open, as most snapshots have it; null when no two agree.</summary>
    private decimal? CapitalOf()
    {
        var (open, sum, net) = (new Dictionary<string, decimal>(StringComparer.Ordinal), 0m, 0m);
        var said = new List<decimal>();
        foreach (var (_, cause, view) in _snapshots)
        {
            if (!_outcomes.TryGetValue(cause, out var outcome)) continue;
            sum += outcome.OpenGain - open.GetValueOrDefault(outcome.Key);
            open[outcome.Key] = outcome.OpenGain;
            net += outcome.Pnl - outcome.Fees;
            if (view.NumberOf("equity") is { } equity) said.Add(equity - net - sum);
        }

        var groups = said.GroupBy(value => value).OrderByDescending(group => group.Count()).ToList();
        if (groups.Count > 0 && groups[0].Count() > 1 && !HasChanged(said)) return groups[0].Key;
        if (groups.Count > 0)
        {
            notes.NotProven(
                StreamNames.Metrics,
                "equity and max_drawdown: the capital is in no stream, and the snapshots are too few or it was changed.");
        }

        return null;
    }

    /// <summary>Whether several snapshots in a row agree on another capital than several others: a setting was
    /// changed.</summary>
    private static bool HasChanged(List<decimal> said)
    {
        var agreed = new HashSet<decimal>();
        for (var index = 1; index < said.Count; index++)
            if (said[index] == said[index - 1]) agreed.Add(said[index]);
        return agreed.Count > 1;
    }
}

/// <summary>What an outcome adds to the account.</summary>
internal sealed record OutcomeSums(string Key, decimal Pnl, decimal Fees, double Return, decimal OpenGain);

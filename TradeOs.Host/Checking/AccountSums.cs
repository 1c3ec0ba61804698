namespace TradeOs.Host;

/// <summary>The figures of the account, added up outcome by outcome.</summary>
internal sealed class AccountSums
{
    private const decimal FactorMax = 1000;
    private const double SharpeMax = 1_000_000;

    private readonly decimal _capital;
    private long _trades, _wins;
    private decimal _gross, _fees, _profits, _losses, _openGain, _fall;
    private decimal _peak;
    private double _mean, _squares;

    /// <summary>The sums before the first outcome.</summary>
    public AccountSums(decimal capital) => _capital = _peak = capital;

    /// <summary>Sums that go on from a snapshot; what it does not say begins at nothing.</summary>
    public static AccountSums From(EntryView snapshot) => new(0)
    {
        _trades = (long)(snapshot.NumberOf("trades") ?? 0),
        _wins = (long)(snapshot.NumberOf("wins") ?? 0),
        _gross = snapshot.NumberOf("gross_pnl") ?? 0,
        _fees = snapshot.NumberOf("fees") ?? 0,
    };

    /// <summary>Adds an outcome.</summary>
    public void Add(OutcomeSums outcome, decimal openGainChange)
    {
        var net = outcome.Pnl - outcome.Fees;
        _trades++;
        if (net > 0) _wins++;
        (_gross, _fees, _openGain) = (_gross + outcome.Pnl, _fees + outcome.Fees, _openGain + openGainChange);
        if (net > 0) _profits += net;
        else _losses -= net;
        var distance = outcome.Return - _mean;
        _mean += distance / _trades;
        _squares += distance * (outcome.Return - _mean);
        var equity = _capital + _gross - _fees + _openGain;
        _peak = Math.Max(_peak, equity);
        if (_peak > 0) _fall = Math.Max(_fall, (_peak - equity) / _peak);
    }

    /// <summary>Names and texts of the figures that are known.</summary>
    public IEnumerable<(string Name, string Text)> Figures(bool isWhole, bool isCapitalKnown)
    {
        yield return ("trades", EntryView.Canonical(_trades));
        yield return ("wins", EntryView.Canonical(_wins));
        yield return ("win_rate", EntryView.Canonical(Math.Round((decimal)_wins / _trades, 6)));
        yield return ("gross_pnl", EntryView.Canonical(_gross));
        yield return ("fees", EntryView.Canonical(_fees));
        yield return ("net_pnl", EntryView.Canonical(_gross - _fees));
        if (!isWhole) yield break;
        yield return ("profit_factor", EntryView.Canonical(ProfitFactor));
        yield return ("sharpe", EntryView.Canonical(Math.Round((decimal)Math.Clamp(Sharpe, -SharpeMax, SharpeMax), 8)));
        if (!isCapitalKnown) yield break;
        yield return ("max_drawdown", EntryView.Canonical(Math.Round(_fall, 8)));
        yield return ("equity", EntryView.Canonical(_capital + _gross - _fees + _openGain));
    }

    private decimal ProfitFactor => _profits == 0 ? 0
        : _losses <= _profits / FactorMax ? FactorMax
        : Math.Round(_profits / _losses, 6);

    private double Sharpe => _trades > 1 && _squares > 0 ? _mean / Math.Sqrt(_squares / (_trades - 1)) : 0;
}

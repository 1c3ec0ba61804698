using System.Globalization;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Trades made from a seed, at the pace asked for; where it stands is kept symbol by symbol.</summary>
/// <remarks>
/// Trade n draws its random numbers from place n of the generator, so nothing but each symbol's own state has to be
/// kept, and only of symbols that traded since the last commit.
/// </remarks>
internal sealed class SimulatedSource : IFeedSource
{
    /// <summary>Trades that are due may be late by so much; a longer pause is not made up for.</summary>
    private static readonly TimeSpan BehindMax = TimeSpan.FromSeconds(1);

    /// <summary>Shortest wait: trades due within it travel in one batch.</summary>
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(10);

    // More numbers than one trade draws: 12 for the noise, 3 for the rest, 2 at a turn, 1 for the symbol.
    private const ulong NumbersPerTrade = 32;

    private readonly string _key;
    private readonly Simulation _simulation;
    private readonly TimeProvider _time;
    private readonly SimulatedMarket[] _markets;
    private readonly SortedSet<int> _changed = [];
    private FeedHead? _head;
    private int _headMarket;
    private MarketMood _headMood;
    private long _paceStart;
    private long _paceRows;

    /// <summary>Goes on behind the trades that <paramref name="record"/> has committed.</summary>
    public SimulatedSource(
        int number, SourceRecord record, Simulation simulation, IReadOnlyDictionary<string, string> state,
        TimeProvider time)
    {
        _key = number.ToString(CultureInfo.InvariantCulture);
        (Record, _simulation, _time) = (record, simulation, time);
        _markets = [.. Enumerable.Range(0, simulation.SymbolCount).Select(index => new SimulatedMarket(index))];
        foreach (var market in _markets)
            if (state.TryGetValue(KeyOf(market), out var saved)) market.Mood = MarketMood.Parse(saved);
        Pace();
    }

    public string Name => Record.Name;

    public SourceRecord Record { get; private set; }

    public long BytesRead => 0;

    public bool IsPaced => false;

    public string? WaitsFor => null;

    public HeadState Peek(out FeedHead head)
    {
        head = default;
        if (_head is null && Record.Rows >= _simulation.End) return HeadState.Ended;
        if (_head is null && DueIn() > TimeSpan.Zero) return HeadState.Waiting;
        head = _head ??= Make(Record.Rows);
        return HeadState.Ready;
    }

    public void Take()
    {
        _head = null;
        _markets[_headMarket].Mood = _headMood;
        _changed.Add(_headMarket);
        Record = Record.After(isAccepted: true);
    }

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var due = DueIn();
        return Task.Delay(due > WaitMin ? due : WaitMin, _time, cancellationToken);
    }

    public void Save(Batch batch)
    {
        if (_changed.Count == 0) return;
        Record = Record with { Finished = Record.Rows >= _simulation.End };
        batch.SetState(SourceRecord.KeyPrefix + _key, Record.ToJson());
        foreach (var index in _changed) batch.SetState(KeyOf(_markets[index]), _markets[index].Mood.ToString());
        _changed.Clear();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private FeedHead Make(long row)
    {
        var random = new SplitMix64(_simulation.Seed, (ulong)row * NumbersPerTrade);
        _headMarket = (int)(random.Next() % (ulong)_markets.Length);
        var market = _markets[_headMarket];
        (_headMood, var price, var quantity, var isBuy) = market.Next(ref random);
        var at = Simulation.Start.AddTicks(row * _simulation.StepMs * TimeSpan.TicksPerMillisecond);
        var trade = new Trade(
            at, Record.Source, market.Symbol, new Price(price), new Quantity(quantity), isBuy ? Side.Buy : Side.Sell,
            (row + 1).ToString(CultureInfo.InvariantCulture));
        return new FeedHead(at, new FeedRow(row + 1, trade, null));
    }

    private TimeSpan DueIn()
    {
        if (_simulation.RatePerSecond is not { } rate) return TimeSpan.Zero;
        var sinceStart = TimeSpan.FromTicks((Record.Rows - _paceRows) * TimeSpan.TicksPerSecond / rate);
        var due = sinceStart - _time.GetElapsedTime(_paceStart);
        if (due < -BehindMax) Pace();
        return due;
    }

    private void Pace() => (_paceStart, _paceRows) = (_time.GetTimestamp(), Record.Rows);

    private string KeyOf(SimulatedMarket market) => $"simulated:{_key}:{market.Symbol}";
}

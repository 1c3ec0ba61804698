using System.Globalization;

namespace TradeOs.Host;

/// <summary>
/// One made-up symbol: a random walk whose regime changes between trends, quiet and wild returns to a mean.
/// </summary>
internal sealed class SimulatedMarket
{
    // Deviation of one trade's return, of the price. 2e-4 a trade at about three trades a second gives minutes that
    // move by some tenths of a per cent, as BTCUSDT did in 2024.
    private const double Deviation = 0.0002;
    private const double WildFactor = 3;

    // A trend of half a deviation a trade stands out of the noise after some ten trades.
    private const double Drift = 0.0001;
    private const double ReturnToAnchor = 0.02;

    // Holds the price within some per cent of where the symbol began, however long it runs.
    private const double ReturnToStart = 0.0005;
    private const int RegimeTradesMin = 100;
    private const int RegimeTradesMore = 400;
    private const double TickSize = 0.01;
    private const double StartMin = 50;
    private const double StartStep = 25;

    // Regimes; what is none of these three is quiet.
    private const int Rising = 0;
    private const int Falling = 1;
    private const int Wild = 2;
    private const int RegimeCount = 4;

    private readonly double _start;

    /// <summary>The symbol of that index, from 0.</summary>
    public SimulatedMarket(int index)
    {
        Symbol = FormattableString.Invariant($"SIM{index + 1:000}");
        _start = StartMin + (StartStep * (index + 1));
        Mood = new MarketMood(_start, _start, 0, 0);
    }

    /// <summary>
    /// What the next trade depends on besides its random numbers; where the symbol begins until it is set.
    /// </summary>
    public MarketMood Mood { get; set; }

    public string Symbol { get; }

    /// <summary>Makes the next trade from <paramref name="random"/>, and the mood after it; changes nothing.</summary>
    public (MarketMood Mood, decimal Price, decimal Quantity, bool IsBuy) Next(ref SplitMix64 random)
    {
        var mood = Mood.Left > 0 ? Mood : Turn(ref random);
        var noise = random.NextNormal();
        var move = Deviation * noise * (mood.Regime == Wild ? WildFactor : 1);
        move += mood.Regime switch
        {
            Rising => Drift,
            Falling => -Drift,
            _ => ReturnToAnchor * (mood.Anchor - mood.Price) / mood.Anchor,
        };
        move += ReturnToStart * (_start - mood.Price) / _start;
        mood = mood with { Price = mood.Price + (mood.Price * move), Left = mood.Left - 1 };
        var ticks = (long)((mood.Price / TickSize) + 0.5);
        var milli = 1 + (long)(random.NextUnit() * random.NextUnit() * 5_000);
        return (mood, new decimal(ticks) / 100, new decimal(milli) / 1_000, noise + random.NextUnit() - 0.5 > 0);
    }

    private MarketMood Turn(ref SplitMix64 random)
    {
        var regime = (int)(random.Next() % RegimeCount);
        var left = RegimeTradesMin + (int)(random.Next() % RegimeTradesMore);
        return new MarketMood(Mood.Price, Mood.Price, regime, left);
    }
}

/// <summary>State of a simulated symbol between two trades.</summary>
/// <param name="Price">Its price, not rounded.</param>
/// <param name="Anchor">Price the regime began at.</param>
/// <param name="Regime">What the price does.</param>
/// <param name="Left">Trades until the regime turns.</param>
internal readonly record struct MarketMood(double Price, double Anchor, int Regime, int Left)
{
    /// <summary>Reads what <see cref="ToString"/> gave, to the last bit.</summary>
    public static MarketMood Parse(string text)
    {
        var parts = text.Split(' ');
        return new MarketMood(
            double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture),
            int.Parse(parts[2], CultureInfo.InvariantCulture), int.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Price:R} {Anchor:R} {Regime} {Left}");
}

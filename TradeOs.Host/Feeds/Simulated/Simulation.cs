namespace TradeOs.Host;

/// <summary>
/// What the simulator makes: <c>simulated[,symbols=N][,rate=TICKS_PER_S|max][,seed=N][,step=MS][,count=N]</c>.
/// </summary>
/// <param name="SymbolCount">Symbols, named SIM001, SIM002, ... Default 3, at most 999.</param>
/// <param name="RatePerSecond">Trades a second of wall clock; null for as fast as it goes. Default 200.</param>
/// <param name="Seed">The same seed makes the same trades. Default 1.</param>
/// <param name="StepMs">
/// Market time from one trade to the next, in milliseconds. Default 100: a second of wall clock is 20 of market time.
/// </param>
/// <param name="CountMax">Trades altogether, those of earlier runs included; null for no end.</param>
public sealed record Simulation(int SymbolCount, int? RatePerSecond, ulong Seed, int StepMs, long? CountMax)
{
    /// <summary>Market time of the beginning.</summary>
    public static DateTime Start { get; } = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>What makes two simulations the same one: how fast and how long it runs does not.</summary>
    public string Identity => FormattableString.Invariant($"symbols={SymbolCount},seed={Seed},step={StepMs}");

    /// <summary>Trades after which it ends: those asked for, or what goes into the years to 2200.</summary>
    public long End => Math.Min(CountMax ?? long.MaxValue, RunMax.Ticks / (StepMs * TimeSpan.TicksPerMillisecond));

    private static TimeSpan RunMax => new DateTime(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc) - Start;

    internal static Simulation Read(FeedSpecOptions options)
    {
        var symbols = (int)options.Count("symbols", 3, 1, 999);
        var rate = options.Rate(200);
        var seed = (ulong)options.Count("seed", 1, 0, long.MaxValue);
        var step = (int)options.Count("step", 100, 1, 60_000);
        var count = options.Count("count", 0, 1, 1_000_000_000_000);
        return new Simulation(symbols, rate, seed, step, count == 0 ? null : count);
    }
}

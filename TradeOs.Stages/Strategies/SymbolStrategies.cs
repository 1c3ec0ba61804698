using System.Collections.Immutable;

namespace TradeOs.Stages;

/// <summary>What the strategies know about one symbol; it changes only when a bar closes.</summary>
/// <param name="Range">Average true range of the symbol, one for all strategies.</param>
/// <param name="EmaCross">Seat of <c>ema-cross</c>.</param>
/// <param name="RsiReversion">Seat of <c>rsi-reversion</c>.</param>
/// <param name="DonchianBreakout">Seat of <c>donchian-breakout</c>.</param>
internal sealed record SymbolStrategies(
    AverageTrueRange Range,
    StrategySeat<EmaCrossIndicators>? EmaCross,
    StrategySeat<RelativeStrength>? RsiReversion,
    StrategySeat<DonchianChannel>? DonchianBreakout)
{
    public static SymbolStrategies Empty { get; } = new(AverageTrueRange.Empty, null, null, null);

    /// <summary>What is left when the bars before have nothing to do with those to come: what is held.</summary>
    public SymbolStrategies Forget() => new(
        AverageTrueRange.Empty,
        EmaCross is { Holding: not null } emaCross ? emaCross with { Indicators = null } : null,
        RsiReversion is { Holding: not null } rsiReversion ? rsiReversion with { Indicators = null } : null,
        DonchianBreakout is { Holding: not null } donchian ? donchian with { Indicators = null } : null);
}

/// <summary>Shows every finished bar to every strategy, in fixed order.</summary>
internal sealed class StrategyBench(StrategiesOptions options)
{
    private readonly EmaCross _emaCross = new(options.EmaCross);
    private readonly RsiReversion _rsiReversion = new(options.RsiReversion);
    private readonly DonchianBreakout _donchianBreakout = new(options.DonchianBreakout);

    /// <summary>What they know after the bar of <paramref name="moment"/>, and what they say.</summary>
    public (SymbolStrategies After, ImmutableArray<Message> Said) Close(SymbolStrategies? before, Moment moment)
    {
        var known = before ?? SymbolStrategies.Empty;
        var range = known.Range.Add(moment.Bar, options.Bars.AtrPeriod);
        var seen = moment with { Range = range.Value is { } value and > 0 ? value : null };
        var said = ImmutableArray.CreateBuilder<Message>();
        var after = new SymbolStrategies(
            range,
            StrategySeat.Follow(_emaCross, known.EmaCross, seen, said),
            StrategySeat.Follow(_rsiReversion, known.RsiReversion, seen, said),
            StrategySeat.Follow(_donchianBreakout, known.DonchianBreakout, seen, said));
        return (after, said.ToImmutable());
    }
}

namespace TradeOs.Stages;

/// <summary>Names of the streams, exactly as an operator types them in <c>redis-cli</c>.</summary>
/// <remarks>A contract: never renamed.</remarks>
public static class StreamNames
{
    /// <summary>Trades, bars and quotes as they happened.</summary>
    public const string MarketData = "market_data.raw";

    /// <summary>What the strategies say.</summary>
    public const string SignalsRaw = "signals.raw";

    /// <summary>Signals worth acting on.</summary>
    public const string SignalsQualified = "signals.qualified";

    /// <summary>Qualified signals, weighted by volatility.</summary>
    public const string SignalsModified = "signals.modified";

    /// <summary>Sized intents to trade.</summary>
    public const string TradeIntents = "trade.intents";

    /// <summary>Orders that passed every limit.</summary>
    public const string TradeApproved = "trade.approved";

    /// <summary>Executions.</summary>
    public const string Fills = "fills";

    /// <summary>Closed round trips.</summary>
    public const string Outcomes = "signal.outcomes";

    /// <summary>Running figures of the account.</summary>
    public const string Metrics = "metrics.snapshot";

    /// <summary>What a stage refused, with a code.</summary>
    public const string Rejected = "decisions.rejected";

    /// <summary>What could not be decoded.</summary>
    public const string DeadLetters = "dead.letters";

    /// <summary>After which input a stage obeyed a halt, a reduction or a resumption.</summary>
    public const string ControlLog = "control.log";
}

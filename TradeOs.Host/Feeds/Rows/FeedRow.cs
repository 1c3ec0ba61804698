using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>One row of a source: accepted, then it is an event, or refused.</summary>
/// <param name="Line">Line of the file, or number of the simulated trade, from 1.</param>
/// <param name="Event">What the row says; null when it was refused.</param>
/// <param name="Refusal">Why it was refused.</param>
internal readonly record struct FeedRow(long Line, MarketEvent? Event, Refusal? Refusal);

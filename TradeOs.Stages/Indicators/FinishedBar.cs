namespace TradeOs.Stages;

/// <summary>What indicators see of a bar, as statistics: never turned back into money.</summary>
internal readonly record struct FinishedBar(double High, double Low, double Close);

namespace TradeOs.Bus;

/// <summary>Bounds of a loop.</summary>
/// <param name="BatchCountMax">Entries read, and about as many written, in one commit.</param>
/// <param name="ReadWait">How long one read waits for the first entry before the loop looks whether it shall
/// stop.</param>
public sealed record LoopLimits(int BatchCountMax, TimeSpan ReadWait);

namespace TradeOs.Bus;

/// <summary>One entry as read from a stream; its fields are valid until the next read of the same reader.</summary>
/// <param name="Id">Place in the stream.</param>
/// <param name="Fields">What was written.</param>
public readonly record struct Entry(EntryId Id, Fields Fields);

namespace TradeOs.Bus;

/// <summary>One entry as read from a stream; its fields are valid until the next read of the same reader.</summary>
/// <param name="Id">Place in the stream.</param>
/// <param name="Fields">What was written.</param>
public readonly record struct Entry(EntryId Id, Fields Fields)
{
    /// <summary>Bytes behind <see cref="Fields"/> that the bus did not keep; 0 for every entry of ordinary
    /// size.</summary>
    /// <remarks>The last field kept may be cut, too; nobody can decode such an entry.</remarks>
    public long CutBytes { get; init; }
}

namespace TradeOs.Host;

/// <summary>Rows that travel together from the parsing thread to the loop.</summary>
/// <param name="Rows">In order.</param>
/// <param name="BytesRead">Bytes of the file read for them and the rows before.</param>
/// <param name="IsLast">Whether the file ends behind them, as it should.</param>
internal sealed record RowBlock(IReadOnlyList<FeedRow> Rows, long BytesRead, bool IsLast)
{
    /// <summary>Before the first block.</summary>
    public static RowBlock Empty { get; } = new([], 0, false);
}

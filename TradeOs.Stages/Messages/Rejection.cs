using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>A stage said no: an entry of <c>decisions.rejected</c>.</summary>
/// <param name="At">Event time of what was refused.</param>
/// <param name="Code">One of <see cref="RejectionCodes"/>.</param>
/// <param name="Detail">What was found and what was expected, for people.</param>
/// <param name="Symbol">Instrument.</param>
public sealed record Rejection(DateTime At, string Code, string Detail, string Symbol) : Message(At)
{
    /// <summary>Writes the entry: <c>at trace cause stage code detail symbol</c>.</summary>
    public void Write(FieldWriter writer, Origin origin, string stage) =>
        WriteBody(origin.Write(writer.Add("at"u8, At)).Add("stage"u8, stage));

    internal override void WriteBody(FieldWriter writer) =>
        writer.Add("code"u8, Code).Add("detail"u8, Detail).Add("symbol"u8, Symbol);
}

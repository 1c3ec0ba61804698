using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>A fact a stage writes. Every entry begins with <c>at trace cause</c>, then come the message's own
/// fields.</summary>
/// <param name="At">The market's event time, UTC, to the microsecond.</param>
public abstract record Message(DateTime At)
{
    /// <summary>Writes the whole entry in the stream's order.</summary>
    public void Write(FieldWriter writer, Origin origin) => WriteBody(origin.Write(writer.Add("at"u8, At)));

    /// <summary>Writes the message's own fields in the stream's order.</summary>
    internal abstract void WriteBody(FieldWriter writer);
}

/// <summary>Where a message comes from.</summary>
/// <param name="Trace">Entry that started the chain: of <c>market_data.raw</c>, or an outside signal without
/// one.</param>
/// <param name="Cause">Entry the stage was reading.</param>
public readonly record struct Origin(EntryId Trace, EntryId Cause)
{
    internal FieldWriter Write(FieldWriter writer) => writer.Add("trace"u8, Trace).Add("cause"u8, Cause);
}

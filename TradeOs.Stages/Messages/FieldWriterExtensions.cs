using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>Writes the product's values in their canonical text.</summary>
internal static class FieldWriterExtensions
{
    public static FieldWriter Add(this FieldWriter writer, ReadOnlySpan<byte> name, decimal value)
    {
        Span<byte> text = stackalloc byte[40];
        return writer.Add(name, text[..Canonical.Write(value, text)]);
    }

    public static FieldWriter Add(this FieldWriter writer, ReadOnlySpan<byte> name, Price value) =>
        writer.Add(name, value.Value);

    public static FieldWriter Add(this FieldWriter writer, ReadOnlySpan<byte> name, Quantity value) =>
        writer.Add(name, value.Value);

    public static FieldWriter Add(this FieldWriter writer, ReadOnlySpan<byte> name, Side value) =>
        writer.Add(name, value == Side.Buy ? "buy"u8 : "sell"u8);

    public static FieldWriter Add(this FieldWriter writer, ReadOnlySpan<byte> name, DateTime value)
    {
        Span<byte> text = stackalloc byte[Canonical.TimeBytes];
        Canonical.Write(value, text);
        return writer.Add(name, text);
    }
}

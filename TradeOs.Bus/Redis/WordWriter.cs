using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Writes words of a command, whatever they are sent as.</summary>
internal abstract class WordWriter
{
    public abstract void Word(ReadOnlySpan<byte> value);

    public void Word(string value)
    {
        if (value.Length > 200)
        {
            Word(Encoding.UTF8.GetBytes(value));
            return;
        }

        Span<byte> bytes = stackalloc byte[600];
        Word(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }

    public void Word(long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out var length);
        Word(text[..length]);
    }

    public void Word(EntryId value)
    {
        Span<byte> text = stackalloc byte[EntryId.TextBytesMax];
        Word(text[..value.Format(text)]);
    }
}

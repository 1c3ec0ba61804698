using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Builds commands, several behind one another, to be sent with one write.</summary>
internal sealed class RespWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Begins a command of so many words, its name included.</summary>
    public void Begin(int words)
    {
        var target = _buffer.GetSpan(16);
        target[0] = (byte)'*';
        Utf8Formatter.TryFormat(words, target[1..], out var digits);
        target[digits + 1] = (byte)'\r';
        target[digits + 2] = (byte)'\n';
        _buffer.Advance(digits + 3);
    }

    /// <summary>A whole command of text words.</summary>
    public void Command(params ReadOnlySpan<string> words)
    {
        Begin(words.Length);
        foreach (var word in words) Word(word);
    }

    public void Word(ReadOnlySpan<byte> value) => FieldWriter.Bulk(_buffer, value);

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

    /// <summary>Words that already have their wire form, such as the fields of an entry.</summary>
    public void Encoded(ReadOnlySpan<byte> words) => _buffer.Write(words);
}

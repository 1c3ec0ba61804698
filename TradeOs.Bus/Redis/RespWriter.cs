using System.Buffers;
using System.Buffers.Text;

namespace TradeOs.Bus;

/// <summary>Builds commands, several behind one another, to be sent with one write.</summary>
internal sealed class RespWriter : WordWriter
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

    public override void Word(ReadOnlySpan<byte> value) => FieldWriter.Bulk(_buffer, value);
}

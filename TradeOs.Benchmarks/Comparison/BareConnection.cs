using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TradeOs.Benchmarks;

/// <summary>A connection to Redis with nothing around it: a socket, a buffer, a thread that waits.</summary>
internal sealed class BareConnection : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[BufferBytes];
    private int _at;
    private int _end;

    public BareConnection(int port) => _socket.Connect("127.0.0.1", port);

    /// <summary>A command as it goes over the wire.</summary>
    public static byte[] Command(params string[] words)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n"));
        foreach (var word in words) text.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Sends all of it.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>The number in the first line of an answer: a length, -1 for none, or what an integer says.</summary>
    /// <exception cref="InvalidOperationException">The answer is an error.</exception>
    public int Number()
    {
        var kind = Next();
        var (value, sign) = (0, 1);
        for (var digit = Next(); digit != '\r'; digit = Next())
        {
            if (digit == '-') sign = -1;
            else value = (10 * value) + digit - '0';
        }

        Next();
        return kind == '-' ? throw new InvalidOperationException("Redis refused a command.") : sign * value;
    }

    /// <summary>The text of an answer.</summary>
    public string Text()
    {
        var text = new char[Number()];
        for (var index = 0; index < text.Length; index++) text[index] = (char)Next();
        Skip(2);
        return new string(text);
    }

    /// <summary>Leaves out a text.</summary>
    public void SkipText() => Skip(Number() + 2);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Skip(int count)
    {
        while (count > 0)
        {
            if (_at == _end) Fill();
            var passed = Math.Min(count, _end - _at);
            (_at, count) = (_at + passed, count - passed);
        }
    }

    private byte Next()
    {
        if (_at == _end) Fill();
        return _received[_at++];
    }

    private void Fill()
    {
        (_at, _end) = (0, _socket.Receive(_received));
        if (_end == 0) throw new InvalidOperationException("Redis closed the connection.");
    }
}

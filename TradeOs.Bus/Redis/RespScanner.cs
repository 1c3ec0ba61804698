using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Finds where one RESP2 reply ends, however its bytes arrive, without looking at any byte twice.</summary>
/// <remarks>Every size is bounded: a reply that passes a bound or breaks the format ends the connection, unless the
/// rest of it is passed over.</remarks>
internal struct RespScanner
{
    public const int DepthMax = 8;
    public const int ElementsMax = 1_000_000;
    public const int LineBytesMax = 64 * 1024;

    private Depths _left;
    private int _depth;
    private int _index;
    private int _owed;

    /// <summary>Goes on where it stopped; <paramref name="buffer"/> begins at the first byte of the reply.</summary>
    /// <returns>Length of the reply in bytes, or -1 while more bytes are needed.</returns>
    /// <exception cref="RespProtocolException">The bytes are not RESP2 or pass a bound.</exception>
    /// <exception cref="ReplyTooLargeException">An array has more elements than are kept; nothing of it was walked
    /// through.</exception>
    public int Scan(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            var line = buffer[_index..];
            var lineLength = LineLength(line);
            if (lineLength < 0) return -1;
            var length = Element(line[..lineLength], ElementsMax);
            var rest = line[(lineLength + 2)..];
            if (rest.Length < length) return -1;
            if (length > 0 && (rest[length - 2] != '\r' || rest[length - 1] != '\n'))
                throw new RespProtocolException($"no CRLF behind a value of {length - 2} bytes");
            _index += lineLength + 2 + length;
            if (!Close()) continue;
            var end = _index;
            this = default;
            return end;
        }
    }

    /// <summary>Passes over what is there of a reply too large to keep, from its first byte or from where it stopped
    /// before; bytes it passed are not shown again.</summary>
    /// <returns>Bytes passed; <paramref name="isWhole"/> tells whether the reply ended there.</returns>
    /// <exception cref="RespProtocolException">The bytes are not RESP2.</exception>
    public int Pass(ReadOnlySpan<byte> buffer, out bool isWhole)
    {
        var passed = _index;
        (_index, isWhole) = (0, false);
        while (!isWhole)
        {
            var taken = Math.Min(_owed, buffer.Length - passed);
            (passed, _owed) = (passed + taken, _owed - taken);
            if (_owed > 0) return passed;
            if (taken == 0)
            {
                var line = buffer[passed..];
                var lineLength = LineLength(line);
                if (lineLength < 0) return passed;
                _owed = Element(line[..lineLength], int.MaxValue - 1);
                passed += lineLength + 2;
                if (_owed > 0) continue;
            }

            isWhole = Close();
        }

        this = default;
        return passed;
    }

    private static int LineLength(ReadOnlySpan<byte> line)
    {
        var length = line.IndexOf("\r\n"u8);
        if (length < 0 && line.Length > LineBytesMax)
            throw new RespProtocolException($"a line of over {LineBytesMax} bytes");
        if (length == 0) throw new RespProtocolException("an empty line where a reply was expected");
        return length;
    }

    /// <summary>Begins one element. Returns how many bytes follow its line: of a value, with its CRLF.</summary>
    private int Element(ReadOnlySpan<byte> line, int elementsMax)
    {
        switch (line[0])
        {
            case (byte)'+' or (byte)'-':
                return 0;
            case (byte)':':
                _ = Number(line, long.MinValue, long.MaxValue);
                return 0;
            case (byte)'$':
                var bytes = (int)Number(line, -1, int.MaxValue - 2);
                return bytes < 0 ? 0 : bytes + 2;
            case (byte)'*':
                var elements = (int)Number(line, -1, int.MaxValue - 1);
                if (elements > elementsMax) throw new ReplyTooLargeException($"has more than {elementsMax} elements");
                if (elements <= 0) return 0;
                if (_depth == DepthMax) throw new RespProtocolException($"arrays nested deeper than {DepthMax}");
                _left[_depth++] = elements + 1;
                return 0;
            default:
                throw new RespProtocolException($"byte 0x{line[0]:x2} where a type of reply was expected");
        }
    }

    /// <summary>Counts the element off every array it completes; true when the reply is complete.</summary>
    private bool Close()
    {
        while (_depth > 0)
        {
            if (--_left[_depth - 1] > 0) return false;
            _depth--;
        }

        return true;
    }

    private static long Number(ReadOnlySpan<byte> line, long min, long max)
    {
        if (Utf8Parser.TryParse(line[1..], out long value, out var used) && used == line.Length - 1
            && value >= min && value <= max) return value;
        var shown = Encoding.ASCII.GetString(line[..Math.Min(line.Length, 40)]);
        throw new RespProtocolException($"\"{shown}\" where a number from {min} to {max} was expected");
    }

    [System.Runtime.CompilerServices.InlineArray(DepthMax)]
    private struct Depths
    {
        private int _first;
    }
}

using System.Buffers.Text;
using System.Text;

namespace TradeOs.Bus;

/// <summary>Finds where one RESP2 reply ends, however its bytes arrive, without looking at any byte twice.</summary>
/// <remarks>Every size is bounded: a reply that passes a bound or breaks the format ends the connection.</remarks>
internal struct RespScanner
{
    public const int DepthMax = 8;
    public const int ElementsMax = 1_000_000;
    public const int LineBytesMax = 64 * 1024;

    private Depths _left;
    private int _depth;
    private int _index;

    /// <summary>Goes on where it stopped; <paramref name="buffer"/> begins at the first byte of the reply.</summary>
    /// <returns>Length of the reply in bytes, or -1 while more bytes are needed.</returns>
    /// <exception cref="RespProtocolException">The bytes are not RESP2 or pass a bound.</exception>
    public int Scan(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            var line = buffer[_index..];
            var lineLength = line.IndexOf("\r\n"u8);
            if (lineLength < 0)
            {
                if (line.Length > LineBytesMax) throw new RespProtocolException($"a line of over {LineBytesMax} bytes");
                return -1;
            }

            if (lineLength == 0) throw new RespProtocolException("an empty line where a reply was expected");
            if (!Element(line[..lineLength], line[(lineLength + 2)..], out var length)) return -1;
            _index += lineLength + 2 + length;
            if (!Close()) continue;
            var end = _index;
            this = default;
            return end;
        }
    }

    /// <summary>Takes one element; false while its bytes are not all there. <paramref name="length"/> is what follows
    /// its line.</summary>
    private bool Element(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest, out int length)
    {
        length = 0;
        switch (line[0])
        {
            case (byte)'+' or (byte)'-':
                return true;
            case (byte)':':
                _ = Number(line, long.MinValue, long.MaxValue);
                return true;
            case (byte)'$':
                var bytes = (int)Number(line, -1, int.MaxValue - 2);
                if (bytes < 0) return true;
                length = bytes + 2;
                if (rest.Length < length) return false;
                if (rest[bytes] != '\r' || rest[bytes + 1] != '\n')
                    throw new RespProtocolException($"no CRLF behind a value of {bytes} bytes");
                return true;
            case (byte)'*':
                var elements = (int)Number(line, -1, ElementsMax);
                if (elements <= 0) return true;
                if (_depth == DepthMax) throw new RespProtocolException($"arrays nested deeper than {DepthMax}");
                _left[_depth++] = elements + 1;
                return true;
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

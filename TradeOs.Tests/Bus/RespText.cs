using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TradeOs.Tests.Bus;

/// <summary>Replies as a server writes them, and bytes as one never would.</summary>
internal static class RespText
{
    /// <summary>Any bytes, small enough to shrink and read.</summary>
    public static Gen<byte[]> Bytes { get; } = Gen.Choose(0, 255).Select(number => (byte)number).ArrayOf();

    /// <summary>Any reply of RESP2, nested up to four deep.</summary>
    public static Gen<byte[]> Reply { get; } = ReplyOf(4);

    /// <summary>Bytes that begin like a reply and then are none, beside bytes that never were one.</summary>
    public static Gen<byte[]> Hostile { get; } = Gen.OneOf(
        Bytes,
        Gen.Elements(HostileTexts).Select(Ascii),
        from reply in Reply from place in Gen.Choose(0, 1000) from value in Gen.Choose(0, 255)
        select Replace(reply, place, (byte)value),
        from reply in Reply from tail in Bytes select (byte[])[.. reply, .. tail]);

    private static string[] HostileTexts =>
    [
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "220 mail ESMTP\r\n", "\r\n", "\n", "+", "+\r", "$",
        "$-2\r\n", "$+5\r\nhello\r\n", "$05\r\nhello\r\n", "$5\r\nhelloXX", "$99999999999999999999\r\n",
        "$2147483647\r\n",
        "$2147483646\r\n", "$2147483645\r\nx", "*-2\r\n", "*2147483647\r\n", "*1000001\r\n", "*1000000\r\n", ":\r\n",
        ":1x\r\n", ":9223372036854775808\r\n", ": 1\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        "%1\r\n+a\r\n+b\r\n", "_\r\n", "#t\r\n", "*\r\n", "$\r\n", "$1 \r\na\r\n", "*1\r\n\r\n", "\0\0\0\0",
        "*3\r\n*-1\r\n$-1\r\n", "$1\r\na\r", "-\r\n", "*0\r\n", "*-1\r\n", "$-1\r\n", "*1\r\n*0\r\n", ":1\r\n", "+\r\n",
        "*1\r\n*2\r\n$2\r\nin\r\n*1\r\n*2\r\n$3\r\n1-x\r\n*0\r\n",
        "*1\r\n*2\r\n$2\r\nin\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*-1\r\n",
        "*1\r\n*2\r\n$2\r\nin\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*1\r\n$1\r\na\r\n", "*1\r\n*2\r\n$2\r\nin\r\n*1\r\n:5\r\n",
        "*1\r\n*2\r\n$2\r\nin\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$-1\r\n", "*2\r\n*-1\r\n*-1\r\n",
        "*1\r\n:1\r\n",
    ];

    public static byte[] Ascii(string text) => Encoding.Latin1.GetBytes(text);

    public static byte[] Bulk(byte[] value) => [.. Ascii(Line('$', value.Length)), .. value, .. "\r\n"u8];

    public static byte[] Array(params byte[][] elements) =>
        [.. Ascii(Line('*', elements.Length)), .. elements.SelectMany(element => element)];

    /// <summary>The reply of XREAD with these entries.</summary>
    public static byte[] Read(params (string Id, byte[][] Words)[] entries) => Array(Array(
        Bulk(Ascii("in")),
        Array([.. entries.Select(entry => Array(Bulk(Ascii(entry.Id)), Array([.. entry.Words.Select(Bulk)])))])));

    private static string Line(char type, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{type}{number}\r\n");

    private static Gen<byte[]> ReplyOf(int depth)
    {
        var flat = Gen.OneOf(
            Bytes.Select(Bulk),
            Gen.Choose(int.MinValue, int.MaxValue).Select(number => Ascii(Line(':', number))),
            Gen.Elements("+OK\r\n", "-ERR no\r\n", "$-1\r\n", "*-1\r\n", "$0\r\n\r\n", "+\r\n", "*0\r\n")
                .Select(Ascii));
        if (depth == 0) return flat;
        var nested = Gen.Sized(size => ReplyOf(depth - 1).ListOf(Math.Min(size, 4)).Select(all => Array([.. all])));
        return Gen.Frequency((2, flat), (1, nested));
    }

    private static byte[] Replace(byte[] reply, int place, byte value)
    {
        var changed = reply.ToArray();
        changed[place % changed.Length] = value;
        return changed;
    }
}

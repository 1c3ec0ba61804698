using System.Buffers;
using System.Security.Cryptography;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>An entry nobody can decode, for an entry of <c>dead.letters</c>.</summary>
/// <param name="Stage">Who could not read it.</param>
/// <param name="Stream">Where it was found.</param>
/// <param name="Id">Its place there.</param>
/// <param name="Error">Field, what was found, what was expected.</param>
/// <param name="Raw">Everything that was found, see <see cref="Encode"/>.</param>
public sealed record DeadLetter(string Stage, string Stream, string Id, string Error, ReadOnlyMemory<byte> Raw)
{
    /// <summary>Bytes of the raw entry that are kept, 1,024; length and digest cover all of it.</summary>
    public const int RawBytesMax = 1024;

    private const int ErrorLengthMax = 400;

    /// <summary>Writes an entry as bytes: for each field its name, <c>=</c>, its value and a line feed.</summary>
    public static void Encode(Fields fields, IBufferWriter<byte> target)
    {
        foreach (var field in fields)
        {
            target.Write(field.Name);
            target.Write("="u8);
            target.Write(field.Value);
            target.Write("\n"u8);
        }
    }

    /// <summary>Writes the fields in the stream's order: <c>stage stream id error length sha256 raw</c>.</summary>
    /// <remarks>
    /// <c>length</c> and <c>sha256</c> (lower-case hex) are of all raw bytes. <c>raw</c> is their first
    /// <see cref="RawBytesMax"/>: as they are when that is printable ASCII and line feeds, else <c>base64:</c> and
    /// base64.
    /// </remarks>
    public void Write(FieldWriter writer)
    {
        var error = Error.Length <= ErrorLengthMax ? Error : Error[..ErrorLengthMax];
        writer.Add("stage"u8, Stage).Add("stream"u8, Stream).Add("id"u8, Id).Add("error"u8, error)
            .Add("length"u8, Raw.Length)
            .Add("sha256"u8, Convert.ToHexStringLower(SHA256.HashData(Raw.Span)));
        var prefix = Raw.Span[..Math.Min(Raw.Length, RawBytesMax)];
        if (IsPrintable(prefix)) writer.Add("raw"u8, prefix);
        else writer.Add("raw"u8, "base64:" + Convert.ToBase64String(prefix));
    }

    private static bool IsPrintable(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value is (< 0x20 or > 0x7e) and not (byte)'\n') return false;
        }

        return true;
    }
}

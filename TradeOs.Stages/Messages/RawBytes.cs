using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>What a dead letter keeps of bytes nobody could decode: their beginning, their length, their
/// digest.</summary>
/// <remarks>
/// An entry is written as text, a line <c>name=value</c> for each field, when that can be read back exactly: every
/// byte printable ASCII, no <c>=</c> in a name, and a beginning that is not <c>base64:</c>. Otherwise it is the RESP
/// bulk strings that <see cref="Fields.Encoded"/> gives. The row of a feed is its own bytes. Bytes that are not text
/// stand in Redis as <c>base64:</c> and base64.
/// </remarks>
/// <param name="IsText">Whether the bytes are printable text.</param>
/// <param name="Kept">The first <see cref="KeptBytesMax"/> of them, at most.</param>
/// <param name="Length">How many there were.</param>
/// <param name="Sha256">Digest of all of them, lower-case hexadecimal; empty when not all of them were
/// read.</param>
public sealed record RawBytes(bool IsText, ReadOnlyMemory<byte> Kept, long Length, string Sha256)
{
    /// <summary>Bytes that are kept, 4,096: a beginning bounds what a hostile entry costs.</summary>
    public const int KeptBytesMax = 4096;

    /// <summary>Whether nothing was cut off.</summary>
    public bool IsWhole => Kept.Length == Length;

    private static ReadOnlySpan<byte> Base64 => "base64:"u8;

    /// <summary>The bytes of an entry; a large one is hashed where it stands, not copied.</summary>
    public static RawBytes Of(Fields fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var kept = new ArrayBufferWriter<byte>();
        var length = 0L;
        Visit(fields, bytes =>
        {
            hash.AppendData(bytes);
            length += bytes.Length;
            kept.Write(bytes[..Math.Min(bytes.Length, KeptBytesMax - kept.WrittenCount)]);
        });
        var sha256 = Convert.ToHexStringLower(hash.GetCurrentHash());
        return new RawBytes(IsLines(fields), kept.WrittenMemory, length, sha256);
    }

    /// <summary>The bytes of an entry too large to be read to its end: their length, and no digest.</summary>
    /// <param name="fields">What was read.</param>
    /// <param name="unreadBytes">RESP bytes behind it.</param>
    public static RawBytes OfCut(Fields fields, long unreadBytes)
    {
        var read = fields.Encoded.Span;
        var kept = read[..Math.Min(read.Length, KeptBytesMax)].ToArray();
        return new RawBytes(false, kept, read.Length + unreadBytes, "");
    }

    /// <summary>Shows all bytes of an entry, piece by piece as they stand.</summary>
    public static void Visit(Fields fields, Action<ReadOnlySpan<byte>> visit)
    {
        if (!IsLines(fields))
        {
            visit(fields.Encoded.Span);
            return;
        }

        foreach (var field in fields)
        {
            visit(field.Name);
            visit("="u8);
            visit(field.Value);
            visit("\n"u8);
        }
    }

    /// <summary>The bytes of a row of a feed.</summary>
    public static RawBytes Of(ReadOnlySpan<byte> row) => Of(row, IsPrintable(row) && !IsMarked(row));

    /// <summary>Reads what <see cref="Write"/> wrote; null when the three do not belong together.</summary>
    /// <remarks>What is whole is held against its digest.</remarks>
    public static RawBytes? Read(ReadOnlySpan<byte> raw, long length, string sha256)
    {
        var isText = !raw.StartsWith(Base64);
        var kept = isText ? raw.ToArray() : Decode(raw[Base64.Length..]);
        if (kept is null || kept.Length != Math.Min(length, KeptBytesMax)) return null;
        var isTrue = kept.Length < length || Convert.ToHexStringLower(SHA256.HashData(kept)) == sha256;
        return isTrue ? new RawBytes(isText, kept, length, sha256) : null;
    }

    /// <summary>Adds <c>length sha256 raw</c>.</summary>
    public void Write(FieldWriter writer)
    {
        writer.Add("length"u8, Length).Add("sha256"u8, Sha256);
        if (IsText) writer.Add("raw"u8, Kept.Span);
        else writer.Add("raw"u8, "base64:" + Convert.ToBase64String(Kept.Span));
    }

    /// <summary>The fields these are the bytes of, exactly; false when they were cut, or are not those of an
    /// entry.</summary>
    public bool TryDecode(out Fields fields)
    {
        fields = default;
        var isEntry = IsWhole && (IsText ? TryLines(Kept.Span, out fields) : Fields.TryDecode(Kept, out fields));
        return isEntry && IsOf(fields);
    }

    /// <summary>Whether these are the bytes of that entry.</summary>
    public bool IsOf(Fields fields)
    {
        var other = Of(fields);
        return (other.IsText, other.Length, other.Sha256) == (IsText, Length, Sha256);
    }

    /// <summary>Whether every byte is printable ASCII.</summary>
    internal static bool IsPrintable(ReadOnlySpan<byte> bytes) =>
        !bytes.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e);

    /// <summary>Whether text would be taken for base64.</summary>
    internal static bool IsMarked(ReadOnlySpan<byte> text) => text.StartsWith(Base64);

    private static RawBytes Of(ReadOnlySpan<byte> bytes, bool isText) => new(
        isText, bytes[..Math.Min(bytes.Length, KeptBytesMax)].ToArray(), bytes.Length,
        Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static bool IsLines(Fields fields)
    {
        var isFirst = true;
        foreach (var field in fields)
        {
            var isLine = IsPrintable(field.Name) && IsPrintable(field.Value) && !field.Name.Contains((byte)'=');
            if (!isLine || (isFirst && field.Name.StartsWith(Base64))) return false;
            isFirst = false;
        }

        return true;
    }

    private static bool TryLines(ReadOnlySpan<byte> text, out Fields fields)
    {
        var builder = new FieldsBuilder();
        while (!text.IsEmpty)
        {
            var (equals, end) = (text.IndexOf((byte)'='), text.IndexOf((byte)'\n'));
            if (equals < 0 || end < equals)
            {
                fields = default;
                return false;
            }

            builder.Add(text[..equals], text[(equals + 1)..end]);
            text = text[(end + 1)..];
        }

        fields = builder.Build();
        return true;
    }

    private static byte[]? Decode(ReadOnlySpan<byte> base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(Encoding.Latin1.GetString(base64), bytes, out var count)
            ? bytes[..count]
            : null;
    }
}

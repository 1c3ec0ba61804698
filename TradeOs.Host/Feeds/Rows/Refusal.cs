using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>A row that is no event: what a dead letter keeps of it.</summary>
/// <param name="Error">Where, what was found, what was expected.</param>
/// <param name="IsStructural">
/// Whether the row does not even have the shape of the format (fields, numbers where numbers are a must).
/// </param>
/// <param name="Length">Bytes of the row.</param>
/// <param name="Sha256">Digest of all of them.</param>
/// <param name="Raw">The first of them, as text when they are printable, else <c>base64:...</c>.</param>
internal sealed record Refusal(string Error, bool IsStructural, int Length, string Sha256, string Raw)
{
    /// <summary>Bytes of the row that are kept.</summary>
    public const int RawBytesMax = 1024;

    private const int ShownBytesMax = 80;

    private static readonly SearchValues<byte> Control = SearchValues.Create([.. Enumerable.Range(0, 32)
        .Where(code => code != '\t').Append(127).Select(code => (byte)code)]);

    /// <summary>A refusal of the row <paramref name="lines"/> stands on.</summary>
    public static FeedRow Of(RowLines lines, string found, string expected, bool isStructural)
    {
        var raw = lines.Raw;
        var error = $"{lines.Name} line {lines.Line}: {found}, expected {expected}";
        return new FeedRow(lines.Line, null, new Refusal(
            error, isStructural, raw.Length, Convert.ToHexStringLower(SHA256.HashData(raw)), Keep(raw)));
    }

    /// <summary>A refusal because of one field.</summary>
    public static FeedRow Of(RowLines lines, string column, int field, string expected, bool isStructural) =>
        Of(lines, $"column '{column}' is \"{Show(lines[field])}\"", expected, isStructural);

    /// <summary>Bytes of a file as people may see them.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        var shown = text.Length <= ShownBytesMax ? Text(text) : Text(Beginning(text, ShownBytesMax - 3)) + "...";
        return shown;
    }

    /// <summary>Adds the dead letter of this row to the batch.</summary>
    public void Write(Batch batch, string file, long line) => batch.Append(StreamNames.DeadLetters)
        .Add("stage"u8, Topology.Feed.Name).Add("stream"u8, file).Add("id"u8, line).Add("error"u8, Error)
        .Add("length"u8, Length).Add("sha256"u8, Sha256).Add("raw"u8, Raw);

    private static string Keep(ReadOnlySpan<byte> raw)
    {
        var kept = Beginning(raw, RawBytesMax);
        return kept.IndexOfAny(Control) < 0 ? Encoding.UTF8.GetString(kept) : "base64:" + Convert.ToBase64String(kept);
    }

    /// <summary>Up to <paramref name="bytesMax"/> bytes, never ending inside a character.</summary>
    private static ReadOnlySpan<byte> Beginning(ReadOnlySpan<byte> text, int bytesMax)
    {
        if (text.Length <= bytesMax) return text;
        var length = bytesMax;
        while (length > 0 && (text[length] & 0xC0) == 0x80) length--;
        return text[..length];
    }

    private static string Text(ReadOnlySpan<byte> text) =>
        text.IndexOfAny(Control) < 0 ? Encoding.UTF8.GetString(text) : "0x" + Convert.ToHexStringLower(text);
}

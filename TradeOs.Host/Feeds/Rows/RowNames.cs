using System.Text;

namespace TradeOs.Host;

/// <summary>Names in rows: symbols, exchanges, ids.</summary>
internal static class RowNames
{
    /// <summary>What a name may be, for messages.</summary>
    public const string Expected = "1 to 64 printable ASCII characters without blanks at the ends";

    /// <summary>Whether the readers of <c>market_data.raw</c> take it.</summary>
    public static bool IsName(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= FeedSpec.NameLengthMax && text[0] != (byte)' ' && text[^1] != (byte)' '
        && !text.ContainsAnyExceptInRange((byte)' ', (byte)'~');
}

/// <summary>The name in one column: rows have the same again and again, so its string is made once.</summary>
internal struct RepeatedName
{
    private string? _last;

    /// <summary>The string of a name.</summary>
    public string Of(ReadOnlySpan<byte> text) => _last is not null && Ascii.Equals(text, _last)
        ? _last
        : _last = Encoding.ASCII.GetString(text);
}

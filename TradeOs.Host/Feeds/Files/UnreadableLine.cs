using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>A line that no format can read a row of.</summary>
/// <param name="Found">What is wrong with it.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Raw">Its bytes.</param>
internal sealed record UnreadableLine(string Found, string Expected, RawBytes Raw)
{
    /// <summary>A line longer than <see cref="RowLines.LineBytesMax"/>.</summary>
    public static UnreadableLine Long(RawBytes raw) =>
        new($"it is {raw.Length} bytes long", $"at most {RowLines.LineBytesMax}", raw);

    /// <summary>A line with bytes that are no characters.</summary>
    public static UnreadableLine NotUtf8(ReadOnlySpan<byte> line)
    {
        var good = FeedText.Utf8Length(line);
        var found = Convert.ToHexStringLower(line[good..Math.Min(good + 2, line.Length)]);
        return new($"its byte {good + 1} is {found}", "UTF-8 text", RawBytes.Of(line));
    }

    /// <summary>The row that is refused because of it.</summary>
    public FeedRow Refuse(string name, long line) =>
        new(line, null, new Refusal($"{name} line {line}: {Found}, expected {Expected}", IsStructural: true, Raw));
}

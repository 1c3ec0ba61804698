using System.Buffers.Text;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>Numbers and times as files write them.</summary>
internal static class RowNumbers
{
    /// <summary>Largest quantity the readers of <c>market_data.raw</c> take.</summary>
    public const decimal QuantityMax = MarketEvent.QuantityMax;

    /// <summary>Smallest price they take.</summary>
    public const decimal PriceMin = MarketEvent.PriceMin;

    /// <summary>Largest price they take.</summary>
    public const decimal PriceMax = MarketEvent.PriceMax;

    /// <summary>1973-03-03 when it is seconds; what is smaller is no epoch but a date or a mistake.</summary>
    private const long EpochMin = 100_000_000;

    /// <summary>2200-01-01 in microseconds: what is later was not recorded.</summary>
    private const long MicrosecondsMax = 7_258_118_400_000_000;

    /// <summary>Reads a decimal exactly; an exponent is taken, as some programs write small prices with one.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out decimal value) =>
        ExactDecimal.TryParse(text, takesExponent: true, out value);

    /// <summary>Takes a price from a row, or says why it is none.</summary>
    public static FeedRow? RefusePrice(RowLines row, string column, int field, out decimal value)
    {
        if (!TryDecimal(row[field], out value))
            return NoNumber(row, column, field, isStructural: row[field].Length > 0);
        return value is >= PriceMin and <= PriceMax
            ? null
            : Refusal.Of(row, column, field, $"a price from {PriceMin} to {PriceMax}", isStructural: false);
    }

    /// <summary>Takes the quantity of a trade from a row, or says why it is none.</summary>
    public static FeedRow? RefuseQuantity(RowLines row, string column, int field, out decimal value)
    {
        if (!TryDecimal(row[field], out value)) return NoNumber(row, column, field, isStructural: true);
        return value is > 0 and <= QuantityMax
            ? null
            : Refusal.Of(row, column, field, "a number above 0, at most 1e14", isStructural: false);
    }

    /// <summary>Takes an amount that may be nothing from a row, or says why it is none.</summary>
    public static FeedRow? RefuseAmount(RowLines row, string column, int field, out decimal value)
    {
        if (!TryDecimal(row[field], out value))
            return NoNumber(row, column, field, isStructural: row[field].Length > 0);
        return value is >= 0 and <= QuantityMax
            ? null
            : Refusal.Of(row, column, field, "a number from 0 to 1e14", isStructural: false);
    }

    /// <summary>Takes a time counted since 1970 from a row, or says why it is none.</summary>
    public static FeedRow? RefuseEpoch(RowLines row, string column, int field, out DateTime time)
    {
        time = default;
        if (!TryDigits(row[field], out var epoch))
            return Refusal.Of(row, column, field, "digits", isStructural: true);
        return TryEpoch(epoch, out time)
            ? null
            : Refusal.Of(row, column, field, "s, ms, us or ns since 1970, from 1973 to 2199", isStructural: false);
    }

    /// <summary>Takes a time in microseconds since 1970 from a row, or says why it is none.</summary>
    public static FeedRow? RefuseMicroseconds(RowLines row, string column, int field, out DateTime time)
    {
        time = default;
        if (!TryDigits(row[field], out var microseconds)
            || microseconds is < EpochMin * 1_000_000 or >= MicrosecondsMax)
            return Refusal.Of(row, column, field, "microseconds since 1970, from 1973 to 2199", isStructural: true);
        time = DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        return null;
    }

    /// <summary>Reads digits only.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return text.Length > 0 && text[0] is >= (byte)'0' and <= (byte)'9'
            && Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
    }

    /// <summary>
    /// Reads a time counted since 1970, its unit told by its magnitude: below 1e11 s, 1e14 ms, 1e17 us, else ns.
    /// </summary>
    public static bool TryEpoch(long value, out DateTime time)
    {
        var microseconds = value switch
        {
            < EpochMin => long.MaxValue,
            < 100_000_000_000 => value * 1_000_000,
            < 100_000_000_000_000 => value * 1_000,
            < 100_000_000_000_000_000 => value,
            _ => value / 1_000,
        };
        var isTime = microseconds < MicrosecondsMax;
        time = isTime ? DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond) : default;
        return isTime;
    }

    /// <summary>A number with more digits than fit still has the shape of one.</summary>
    private static FeedRow NoNumber(RowLines row, string column, int field, bool isStructural)
    {
        var limit = ExactDecimal.Limit(row[field]);
        return Refusal.Of(row, column, field, "a number" + limit, isStructural && limit.Length == 0);
    }
}

using System.Buffers.Text;
using System.Globalization;

namespace TradeOs.Host;

/// <summary>Numbers and times as files write them.</summary>
internal static class RowNumbers
{
    /// <summary>Largest quantity the readers of <c>market_data.raw</c> take.</summary>
    public const decimal QuantityMax = 100_000_000_000_000m;

    /// <summary>Smallest price they take.</summary>
    public const decimal PriceMin = 0.000000000001m;

    /// <summary>Largest price they take.</summary>
    public const decimal PriceMax = 1_000_000_000_000m;

    private const int NumberBytesMax = 64;

    /// <summary>Digits that surely fit 64 bits.</summary>
    private const int ShortBytesMax = 18;

    /// <summary>1973-03-03 when it is seconds; what is smaller is no epoch but a date or a mistake.</summary>
    private const long EpochMin = 100_000_000;

    /// <summary>2200-01-01 in microseconds: what is later was not recorded.</summary>
    private const long MicrosecondsMax = 7_258_118_400_000_000;

    /// <summary>Reads a decimal; an exponent is taken, as some programs write small prices with one.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out decimal value)
    {
        const NumberStyles Styles =
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent;
        if (TryShort(text, out value)) return true;
        value = 0;
        if (text.Length is 0 or >= NumberBytesMax) return false;
        if (!decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out value)) return false;

        // A decimal can be minus zero, which counts as negative where a quantity is made.
        if (value == 0) value = 0;
        return true;
    }

    /// <summary>Takes a price from a row, or says why it is none.</summary>
    public static FeedRow? RefusePrice(RowLines row, string column, int field, out decimal value)
    {
        if (!TryDecimal(row[field], out value))
            return Refusal.Of(row, column, field, "a number", isStructural: row[field].Length > 0);
        return value is >= PriceMin and <= PriceMax
            ? null
            : Refusal.Of(row, column, field, $"a price from {PriceMin} to {PriceMax}", isStructural: false);
    }

    /// <summary>Takes the quantity of a trade from a row, or says why it is none.</summary>
    public static FeedRow? RefuseQuantity(RowLines row, string column, int field, out decimal value)
    {
        if (!TryDecimal(row[field], out value))
            return Refusal.Of(row, column, field, "a number", isStructural: true);
        return value is > 0 and <= QuantityMax
            ? null
            : Refusal.Of(row, column, field, "a number above 0, at most 1e14", isStructural: false);
    }

    /// <summary>Takes an amount that may be nothing from a row, or says why it is none.</summary>
    public static FeedRow? RefuseAmount(RowLines row, string column, int field, out decimal value)
    {
        if (!TryDecimal(row[field], out value))
            return Refusal.Of(row, column, field, "a number", isStructural: row[field].Length > 0);
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

    /// <summary>
    /// Reads digits with or without one point inside, the usual number, many times faster than the library does.
    /// </summary>
    private static bool TryShort(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0;
        if (text.Length is 0 or > ShortBytesMax || text[0] == (byte)'.' || text[^1] == (byte)'.') return false;
        long digits = 0;
        var point = -1;
        for (var index = 0; index < text.Length; index++)
        {
            var digit = text[index] - '0';
            if (digit is >= 0 and <= 9) digits = (digits * 10) + digit;
            else if (text[index] == (byte)'.' && point < 0) point = index;
            else return false;
        }

        var places = point < 0 ? 0 : text.Length - point - 1;
        value = new decimal(unchecked((int)digits), (int)(digits >> 32), 0, isNegative: false, (byte)places);
        return true;
    }
}

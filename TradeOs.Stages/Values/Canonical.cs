using System.Globalization;
using System.Text;

namespace TradeOs.Stages;

/// <summary>The one text of each kind of value on the wire.</summary>
internal static class Canonical
{
    /// <summary>28 places, the most a decimal has: no exponent, no trailing zeros.</summary>
    public const string DecimalFormat = "0.############################";

    /// <summary>Largest quantity, range or weight that is read.</summary>
    public const decimal MagnitudeMax = 100_000_000_000_000m;

    /// <summary>Largest amount of money that is read; quantity times price is always below, and still fits a
    /// decimal.</summary>
    public const decimal AmountMax = 10_000_000_000_000_000_000_000_000_000m;

    /// <summary>Smallest price accepted from outside: any amount of capital over such a price still fits a
    /// decimal.</summary>
    public const decimal PriceMin = 0.000000000001m;

    /// <summary>Largest price accepted from outside; far enough below <see cref="MagnitudeMax"/> for slippage on
    /// top.</summary>
    public const decimal PriceMax = 1_000_000_000_000m;

    /// <summary>Largest weight that is acted on: no setting allows more.</summary>
    public const decimal WeightMax = 100;

    /// <summary>The smallest decimal above 0.</summary>
    public const decimal SmallestDecimal = 0.0000000000000000000000000001m;

    /// <summary>Bytes of an event time: <c>2024-08-08T23:54:15.342000Z</c>.</summary>
    public const int TimeBytes = 27;

    /// <summary>First year an entry from outside may be of.</summary>
    public const int YearMin = 1800;

    /// <summary>Last year an entry from outside may be of.</summary>
    public const int YearMax = 2199;

    /// <summary>Reads a plain decimal (digits, one point, a sign) exactly, up to <see cref="AmountMax"/>: no exponent,
    /// no blanks, no thousands marks, no more digits than a decimal holds.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out decimal value) =>
        ExactDecimal.TryParse(text, takesExponent: false, out value) && Math.Abs(value) <= AmountMax;

    /// <summary>Writes the canonical text of a decimal: no exponent, no trailing zeros. Returns bytes
    /// written.</summary>
    /// <remarks>Digit by digit where 64 bits hold them, which is nearly always: every entry has some.</remarks>
    public static int Write(decimal value, Span<byte> target)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        return bits[2] == 0 && value != 0
            ? WriteShort(unchecked(((ulong)bits[1] << 32) | (uint)bits[0]), value.Scale, bits[3] < 0, target)
            : WriteLong(value, target);
    }

    private static int WriteShort(ulong digits, int places, bool isNegative, Span<byte> target)
    {
        for (; places > 0 && digits % 10 == 0; places--) digits /= 10;
        Span<byte> text = stackalloc byte[40];
        var start = text.Length;
        for (var written = 0; digits > 0 || written <= places; written++, digits /= 10)
        {
            if (written == places && places > 0) text[--start] = (byte)'.';
            text[--start] = (byte)('0' + (digits % 10));
        }

        if (isNegative) text[--start] = (byte)'-';
        text[start..].CopyTo(target);
        return text.Length - start;
    }

    private static int WriteLong(decimal value, Span<byte> target)
    {
        value.TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        if (!target[..length].Contains((byte)'.')) return length;
        while (target[length - 1] == (byte)'0') length--;
        if (target[length - 1] == (byte)'.') length--;
        return length == 2 && target[0] == (byte)'-' && target[1] == (byte)'0' ? WriteZero(target) : length;
    }

    /// <summary>Reads an event time: ISO-8601 in UTC ending in Z, with up to six decimals of a second.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length is < 20 or > TimeBytes || text[^1] != (byte)'Z' || text[10] != (byte)'T') return false;
        if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return false;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)
            || !Number(text[11..13], out var hour) || !Number(text[14..16], out var minute)
            || !Number(text[17..19], out var second) || !Fraction(text[19..^1], out var microseconds)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;
        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc)
            .AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    /// <summary>Writes an event time to the microsecond; <paramref name="target"/> has <see cref="TimeBytes"/>
    /// bytes.</summary>
    /// <remarks>Digit by digit: every entry has a time, and the library reads a custom format each time anew.</remarks>
    public static void Write(DateTime time, Span<byte> target)
    {
        "0000-00-00T00:00:00.000000Z"u8.CopyTo(target);
        Digits(target[..4], time.Year);
        Digits(target[5..7], time.Month);
        Digits(target[8..10], time.Day);
        Digits(target[11..13], time.Hour);
        Digits(target[14..16], time.Minute);
        Digits(target[17..19], time.Second);
        Digits(target[20..26], (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Text of an event time to the microsecond.</summary>
    public static string Text(DateTime time)
    {
        Span<byte> text = stackalloc byte[TimeBytes];
        Write(time, text);
        return Encoding.ASCII.GetString(text);
    }

    private static void Digits(Span<byte> target, int value)
    {
        for (var index = target.Length - 1; index >= 0; index--)
        {
            target[index] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    private static int WriteZero(Span<byte> target)
    {
        target[0] = (byte)'0';
        return 1;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + digit - '0';
        }

        return true;
    }

    private static bool Fraction(ReadOnlySpan<byte> text, out int microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty) return true;
        if (text[0] != (byte)'.' || text.Length is < 2 or > 7 || !Number(text[1..], out microseconds)) return false;
        for (var digits = text.Length - 1; digits < 6; digits++) microseconds *= 10;
        return true;
    }
}

using System.Globalization;

namespace TradeOs.Stages;

/// <summary>Reads decimal numbers exactly or not at all: the library rounds what has more digits than fit.</summary>
public static class ExactDecimal
{
    /// <summary>Digits that surely fit 64 bits.</summary>
    private const int ShortBytesMax = 18;

    private const int BytesMax = 64;

    /// <summary>Digits that always fit.</summary>
    private const int DigitsMax = 28;

    /// <summary>Reads digits with one point and a sign; with <paramref name="takesExponent"/> also an exponent. False
    /// when it is no such number, or has more digits than a decimal holds (28, some of 29).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, bool takesExponent, out decimal value)
    {
        if (TryShort(text, out value)) return true;
        value = 0;
        if (text.Length is 0 or >= BytesMax) return false;
        var styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign
            | (takesExponent ? NumberStyles.AllowExponent : NumberStyles.None);
        if (!decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out value)) return false;
        if (PlacesOf(text) > value.Scale) return false;

        // Minus zero counts as negative where it matters, and is no other number than zero.
        if (value == 0) value = 0m;
        return true;
    }

    /// <summary>What to add to what was expected, when text that was refused has too many digits; else
    /// nothing.</summary>
    public static string Limit(ReadOnlySpan<byte> text)
    {
        var digits = 0;
        foreach (var letter in text)
        {
            if (letter is >= (byte)'0' and <= (byte)'9') digits++;
            else if (letter is not ((byte)'.' or (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E')) return "";
        }

        return digits > DigitsMax ? $", of at most {DigitsMax} digits" : "";
    }

    /// <summary>Places behind the point that a number needs, which the library has found to be one; none for
    /// zero.</summary>
    private static long PlacesOf(ReadOnlySpan<byte> text)
    {
        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        var digits = mark < 0 ? text : text[..mark];
        var last = digits.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        if (last < 0) return 0;
        var point = digits.IndexOf((byte)'.');
        var places = last < point ? last + 1 - point : last - (point < 0 ? digits.Length - 1 : point);
        if (mark < 0) return places;
        return int.TryParse(text[(mark + 1)..], CultureInfo.InvariantCulture, out var power)
            ? (long)places - power
            : long.MaxValue;
    }

    /// <summary>Reads digits with or without one point inside, the usual number, many times faster than the library
    /// does.</summary>
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

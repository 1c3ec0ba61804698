namespace TradeOs.Host;

/// <summary>
/// Times as bar files write them: dates of several orders, a time of day, an offset, or a count since 1970.
/// </summary>
/// <remarks>
/// Without an offset a time is UTC. Dates: 2017-01-03, 2017/1/3, 2017.01.03, 20170103, and 1/3/2017 or 01/03/17 in the
/// order the caller names (two digits: 69 to 99 are 19xx). Times of day: 09:30, 09:30:00, 09:30:00.123456, 093000.
/// </remarks>
internal static class BarTime
{
    private const int YearMin = 1800;
    private const int YearMax = 2199;

    /// <summary>Reads date and time of day from one field.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, DateOrder order, out DateTime time)
    {
        if (text.Length > 8 && RowNumbers.TryDigits(text, out var epoch)) return RowNumbers.TryEpoch(epoch, out time);
        var split = text.IndexOfAny((byte)' ', (byte)'T');
        return split < 0
            ? TryRead(text, "00:00"u8, order, out time)
            : TryRead(text[..split], text[(split + 1)..].Trim((byte)' '), order, out time);
    }

    /// <summary>Reads a date and a time of day.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> date, ReadOnlySpan<byte> timeOfDay, DateOrder order, out DateTime time)
    {
        time = default;
        if (!TryDate(date, order, out time) || !TryOffset(ref timeOfDay, out var offset)
            || !TryTimeOfDay(timeOfDay, out var sinceMidnight)) return false;
        time += sinceMidnight - offset;
        return true;
    }

    /// <summary>
    /// The order a date such as 1/13/2017 can only be read in; null when it is either, or no such date.
    /// </summary>
    public static DateOrder? OrderOf(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)' ', (byte)'T');
        if (!TryParts(end < 0 ? text : text[..end], out var first, out var second, out _)) return null;
        if (first > 31 || second > 31) return null;
        return (first, second) switch
        {
            ( > 12, >= 1 and <= 12) => DateOrder.DayFirst,
            ( >= 1 and <= 12, > 12) => DateOrder.MonthFirst,
            _ => null,
        };
    }

    private static bool TryDate(ReadOnlySpan<byte> text, DateOrder order, out DateTime date)
    {
        date = default;
        int year, month, day;
        if (text.Length == 8 && RowNumbers.TryDigits(text, out var digits))
        {
            (year, month, day) = ((int)(digits / 10_000), (int)(digits / 100 % 100), (int)(digits % 100));
        }
        else
        {
            if (!TryParts(text, out var first, out var second, out var third)) return false;
            if (text.IndexOfAny("/-."u8) == 4) (year, month, day) = (first, second, third);
            else (year, month, day) = order == DateOrder.MonthFirst ? (third, first, second) : (third, second, first);
            if (year < 100) year += year < 69 ? 2000 : 1900;
        }

        if (year is < YearMin or > YearMax || month is < 1 or > 12) return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    private static bool TryParts(ReadOnlySpan<byte> text, out int first, out int second, out int third)
    {
        first = second = third = 0;
        var one = text.IndexOfAny("/-."u8);
        if (one < 1) return false;
        var two = text[(one + 1)..].IndexOf(text[one]);
        if (two < 1) return false;
        two += one + 1;
        return TryShort(text[..one], 4, out first) && TryShort(text[(one + 1)..two], 2, out second)
            && TryShort(text[(two + 1)..], 4, out third);
    }

    /// <summary>Takes <c>Z</c>, <c>+02:00</c>, <c>+0200</c> or <c>+02</c> off the end.</summary>
    private static bool TryOffset(ref ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        var at = text.IndexOfAny((byte)'Z', (byte)'+', (byte)'-');
        if (at < 0) return true;
        var found = text[at..];
        text = text[..at].TrimEnd((byte)' ');
        if (found[0] == (byte)'Z') return found.Length == 1;
        var minutes = 0;
        if (found.Length < 3 || !TryShort(found[1..3], 2, out var hours) || hours > 14) return false;
        var rest = found[3..].TrimStart((byte)':');
        if (rest.Length > 0 && (rest.Length != 2 || !TryShort(rest, 2, out minutes) || minutes > 59)) return false;
        offset = new TimeSpan(hours, minutes, 0) * (found[0] == (byte)'-' ? -1 : 1);
        return true;
    }

    private static bool TryTimeOfDay(ReadOnlySpan<byte> text, out TimeSpan time)
    {
        time = default;
        var point = text.IndexOf((byte)'.');
        var fraction = point < 0 ? default : text[(point + 1)..];
        var clock = point < 0 ? text : text[..point];
        var hasColons = clock.Length is 5 or 8 && clock[2] == (byte)':' && (clock.Length == 5 || clock[5] == (byte)':');
        if (!hasColons && clock.Length is not 4 and not 6) return false;
        var step = hasColons ? 3 : 2;
        var seconds = 0;
        if (!TryShort(clock[..2], 2, out var hours) || !TryShort(clock.Slice(step, 2), 2, out var minutes)
            || (clock.Length > step + 2 && !TryShort(clock.Slice(2 * step, 2), 2, out seconds))) return false;
        if (hours > 23 || minutes > 59 || seconds > 59) return false;
        if (!TryFraction(fraction, point >= 0, out var microseconds)) return false;
        time = new TimeSpan(0, hours, minutes, seconds, 0, microseconds);
        return true;
    }

    /// <summary>Decimals of a second; those beyond the microsecond are dropped.</summary>
    private static bool TryFraction(ReadOnlySpan<byte> text, bool mustBe, out int microseconds)
    {
        microseconds = 0;
        if (text.Length == 0) return !mustBe;
        if (text.Length > 9 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        for (var digit = 0; digit < 6; digit++)
            microseconds = (microseconds * 10) + (digit < text.Length ? text[digit] - '0' : 0);
        return true;
    }

    private static bool TryShort(ReadOnlySpan<byte> text, int lengthMax, out int value)
    {
        value = 0;
        if (text.Length == 0 || text.Length > lengthMax || !RowNumbers.TryDigits(text, out var digits)) return false;
        value = (int)digits;
        return true;
    }
}

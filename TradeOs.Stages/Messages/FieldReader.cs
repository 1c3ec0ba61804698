using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>Takes the fields of one entry by name and remembers the first thing that is wrong with them.</summary>
/// <remarks>
/// Fields in the stream's own order are found without searching. Entries from outside may have any order and fields
/// nobody reads; those are read a second time, carefully: every field read must be there once.
/// </remarks>
internal ref struct FieldReader
{
    private const int ShownMax = 80;

    private readonly Fields _fields;
    private readonly bool _isCareful;
    private Fields.Enumerator _next;
    private bool _isPeeked;
    private int _taken;

    private FieldReader(Fields fields, bool isCareful)
    {
        (_fields, _isCareful) = (fields, isCareful);
        _next = fields.GetEnumerator();
    }

    /// <summary>Reads an entry; what is wrong with it is left in <paramref name="reader"/>.</summary>
    public static T? Read<T>(Fields fields, Decoder<T> decode, out FieldReader reader)
        where T : class
    {
        reader = new FieldReader(fields, isCareful: false);
        var found = decode(ref reader);
        // All fields there are were taken, one after the other: none of them can be there twice.
        if (reader._taken == fields.Count) return found;
        reader = new FieldReader(fields, isCareful: true);
        return decode(ref reader);
    }

    /// <summary>What is wrong: field, what was found, what was expected; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Entry that started the chain, as <see cref="ReadOrigin"/> found it; zero when the entry names
    /// none.</summary>
    public EntryId Trace { get; private set; }

    /// <summary>Reads <c>trace</c> and <c>cause</c>; an entry from outside may have neither.</summary>
    public void ReadOrigin()
    {
        Trace = OptionalId("trace"u8);
        _ = OptionalId("cause"u8);
    }

    /// <summary>Whether there is a field of that name.</summary>
    public bool Has(ReadOnlySpan<byte> name) => Follows(name) || _fields.TryGet(name, out _);

    /// <summary>Raw value of a field that must be there, once.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> name)
    {
        if (Follows(name))
        {
            _isPeeked = false;
            _taken++;
            return _next.Current.Value;
        }

        return Find(name, out var value) switch
        {
            0 => Fault(name, "is missing"),
            1 => value,
            _ => Fault(name, "is there twice, expected once"),
        };
    }

    /// <summary>A name met again and again: printable ASCII from 1 to <paramref name="lengthMax"/> bytes.</summary>
    public string Text(ReadOnlySpan<byte> name, int lengthMax)
    {
        var value = Printable(name, lengthMax);
        return Error is null ? Words.Of(value) : "";
    }

    /// <summary>A name met once: printable ASCII from 1 to <paramref name="lengthMax"/> bytes.</summary>
    public string Identifier(ReadOnlySpan<byte> name, int lengthMax)
    {
        var value = Printable(name, lengthMax);
        return Error is null ? Encoding.ASCII.GetString(value) : "";
    }

    /// <summary>A name that ends in a dash and a whole number, such as <c>paper-12</c>.</summary>
    public string NumberedId(ReadOnlySpan<byte> name)
    {
        var id = Identifier(name, MarketEvent.NameLengthMax);
        if (Error is null && !SequenceNumber.TryParse(id, out _))
            Wrong(name, Encoding.ASCII.GetBytes(id), "an id such as A-12");
        return id;
    }

    /// <summary>A price from outside, <see cref="Canonical.PriceMin"/> to <see cref="Canonical.PriceMax"/>.</summary>
    public Price Price(ReadOnlySpan<byte> name) =>
        new(Number(name, Canonical.PriceMin, Canonical.PriceMax, "a price from 0.000000000001 to 1000000000000"));

    /// <summary>A decimal number above 0.</summary>
    public decimal Positive(ReadOnlySpan<byte> name) =>
        Number(name, Canonical.SmallestDecimal, Canonical.MagnitudeMax, "a number above 0");

    /// <summary>A decimal number of 0 or more.</summary>
    public decimal NotNegative(ReadOnlySpan<byte> name) =>
        Number(name, 0, Canonical.MagnitudeMax, "a number of 0 or more");

    /// <summary>A decimal number from 0 to 1.</summary>
    public decimal Share(ReadOnlySpan<byte> name) => Number(name, 0, 1, "a number from 0 to 1");

    /// <summary>An amount of money of 0 or more.</summary>
    public decimal Amount(ReadOnlySpan<byte> name) => Number(name, 0, Canonical.AmountMax, "a number of 0 or more");

    /// <summary>A fee of 0 or more; some of them together are still an amount.</summary>
    public decimal Fee(ReadOnlySpan<byte> name) => Number(name, 0, Canonical.AmountMax / 10, "a number of 0 or more");

    /// <summary>Any decimal number.</summary>
    public decimal Signed(ReadOnlySpan<byte> name) =>
        Number(name, -Canonical.AmountMax, Canonical.AmountMax, "a number");

    /// <summary>The market's event time.</summary>
    public DateTime Time(ReadOnlySpan<byte> name)
    {
        var value = Bytes(name);
        if (Canonical.TryTime(value, out var time) && time.Year is >= Canonical.YearMin and <= Canonical.YearMax)
            return time;
        if (Error is null) Wrong(name, value, "a UTC time such as 2024-08-08T23:54:15.342000Z, of 1800 to 2199");
        return default;
    }

    /// <summary><c>buy</c> or <c>sell</c>.</summary>
    public Side Side(ReadOnlySpan<byte> name)
    {
        var value = Bytes(name);
        if (value.SequenceEqual("buy"u8)) return Stages.Side.Buy;
        if (!value.SequenceEqual("sell"u8) && Error is null) Wrong(name, value, "buy or sell");
        return Stages.Side.Sell;
    }

    /// <summary>Notes what is wrong with a field, unless something else was wrong before.</summary>
    public void Wrong(ReadOnlySpan<byte> name, ReadOnlySpan<byte> found, string expected) =>
        Error ??=
            $"field '{Encoding.UTF8.GetString(name)}' is \"{EntryText.Show(found, ShownMax)}\", expected {expected}";

    private EntryId OptionalId(ReadOnlySpan<byte> name)
    {
        if (!Has(name)) return EntryId.Zero;
        var value = Bytes(name);
        if (!EntryId.TryParse(value, out var id)) Wrong(name, value, "an entry id such as 1732-0");
        return id;
    }

    private bool Follows(ReadOnlySpan<byte> name)
    {
        if (_isCareful) return false;
        if (!_isPeeked) _isPeeked = _next.MoveNext();
        return _isPeeked && _next.Current.Name.SequenceEqual(name);
    }

    /// <summary>How often a field is there, not counting beyond two, and its first value.</summary>
    private readonly int Find(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var count = 0;
        value = default;
        foreach (var field in _fields)
        {
            if (!field.Name.SequenceEqual(name)) continue;
            if (++count == 1) value = field.Value;
            else break;
        }

        return count;
    }

    private ReadOnlySpan<byte> Fault(ReadOnlySpan<byte> name, string what)
    {
        Error ??= $"field '{Encoding.UTF8.GetString(name)}' {what}";
        return default;
    }

    private ReadOnlySpan<byte> Printable(ReadOnlySpan<byte> name, int lengthMax)
    {
        var value = Bytes(name);
        if (Error is null && (value.Length == 0 || value.Length > lengthMax || value[0] == ' ' || value[^1] == ' '
            || value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e)))
            Wrong(name, value, $"1 to {lengthMax} printable ASCII characters without blanks at the ends");
        return value;
    }

    private decimal Number(ReadOnlySpan<byte> name, decimal least, decimal most, string expected)
    {
        var value = Bytes(name);
        if (Error is not null) return 0;
        if (Canonical.TryDecimal(value, out var number) && number >= least && number <= most) return number;
        Wrong(name, value, expected + ExactDecimal.Limit(value));
        return 0;
    }
}

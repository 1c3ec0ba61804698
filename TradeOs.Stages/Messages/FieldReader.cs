using System.Text;
using TradeOs.Bus;

namespace TradeOs.Stages;

/// <summary>Takes the fields of one entry by name and remembers the first thing that is wrong with them.</summary>
/// <remarks>Fields in the stream's own order are found without searching; entries from outside may have any order.</remarks>
internal ref struct FieldReader(Fields fields)
{
    private readonly Fields _fields = fields;
    private Fields.Enumerator _next = fields.GetEnumerator();

    /// <summary>What is wrong: field, what was found, what was expected; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Raw value of a field that must be there.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> name)
    {
        if (_next.MoveNext() && _next.Current.Name.SequenceEqual(name)) return _next.Current.Value;
        if (_fields.TryGet(name, out var value)) return value;
        Error ??= $"field '{Encoding.UTF8.GetString(name)}' is missing";
        return default;
    }

    /// <summary>Raw value of a field that may be absent.</summary>
    public readonly bool TryBytes(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => _fields.TryGet(name, out value);

    /// <summary>Printable text without blanks at its ends, from 1 to <paramref name="lengthMax"/> bytes, ASCII.</summary>
    public string Text(ReadOnlySpan<byte> name, int lengthMax)
    {
        var value = Bytes(name);
        if (Error is not null) return "";
        if (value.Length == 0 || value.Length > lengthMax || value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
            Wrong(name, value, $"1 to {lengthMax} printable ASCII characters");
        return Error is null ? Words.Of(value) : "";
    }

    /// <summary>A decimal number above 0.</summary>
    public decimal Positive(ReadOnlySpan<byte> name) => Number(name, 0, isExclusive: true, "a number above 0");

    /// <summary>A decimal number of 0 or more.</summary>
    public decimal NotNegative(ReadOnlySpan<byte> name) => Number(name, 0, isExclusive: false, "a number of 0 or more");

    /// <summary>Any decimal number.</summary>
    public decimal Signed(ReadOnlySpan<byte> name) =>
        Number(name, -Canonical.MagnitudeMax, isExclusive: false, "a number");

    /// <summary>The market's event time.</summary>
    public DateTime Time(ReadOnlySpan<byte> name)
    {
        var value = Bytes(name);
        if (Error is null && !Canonical.TryTime(value, out var time)) Wrong(name, value, "a UTC time such as 2024-08-08T23:54:15.342000Z");
        else return Error is null && Canonical.TryTime(value, out time) ? time : default;
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

    /// <summary>Id of an entry; zero when the field is absent (an entry from outside has no cause).</summary>
    public EntryId OptionalId(ReadOnlySpan<byte> name)
    {
        if (!_fields.TryGet(name, out var value)) return EntryId.Zero;
        _ = _next.MoveNext();
        if (!EntryId.TryParse(value, out var id) && Error is null) Wrong(name, value, "an entry id such as 1732-0");
        return id;
    }

    /// <summary>Notes what is wrong with a field, unless something else was wrong before.</summary>
    public void Wrong(ReadOnlySpan<byte> name, ReadOnlySpan<byte> found, string expected) =>
        Error ??= $"field '{Encoding.UTF8.GetString(name)}' is \"{Canonical.Show(found)}\", expected {expected}";

    private decimal Number(ReadOnlySpan<byte> name, decimal floor, bool isExclusive, string expected)
    {
        var value = Bytes(name);
        if (Error is not null) return 0;
        if (Canonical.TryDecimal(value, out var number) && (isExclusive ? number > floor : number >= floor)) return number;
        Wrong(name, value, expected);
        return 0;
    }
}

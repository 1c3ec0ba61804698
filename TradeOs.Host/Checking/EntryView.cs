using System.Globalization;
using System.Text;
using TradeOs.Bus;

namespace TradeOs.Host;

/// <summary>The fields of one entry as text; bytes that are not ASCII stay apart, each a character of its own.</summary>
internal sealed class EntryView
{
    /// <summary>More fields than any entry may have; what is behind is not looked at.</summary>
    private const int FieldsMax = 1001;

    private const string NumberFormat = "0.############################";

    private readonly List<(string Name, string Value)> _fields = [];

    /// <summary>Reads the fields of an entry.</summary>
    public EntryView(Entry entry)
    {
        (Id, IsCut) = (entry.Id, entry.CutBytes > 0);
        foreach (var field in entry.Fields)
        {
            if (_fields.Count == FieldsMax) break;
            _fields.Add((Encoding.Latin1.GetString(field.Name), Encoding.Latin1.GetString(field.Value)));
        }
    }

    /// <summary>Its place in the stream.</summary>
    public EntryId Id { get; }

    /// <summary>Whether it was too large to be read whole.</summary>
    public bool IsCut { get; }

    /// <summary>Names and values in their order.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields => _fields;

    /// <summary>Entry its stage was reading; null when it names none.</summary>
    public EntryId? Cause => IdOf(this["cause"]);

    /// <summary>Entry that started the chain; itself when it names none.</summary>
    public EntryId Trace => IdOf(this["trace"]) is { } trace && trace != EntryId.Zero ? trace : Id;

    /// <summary>First value of a field; null when there is none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in _fields)
                if (field.Name == name) return field.Value;
            return null;
        }
    }

    /// <summary>How often a field is there.</summary>
    public int CountOf(string name)
    {
        var count = 0;
        foreach (var field in _fields)
            if (field.Name == name) count++;
        return count;
    }

    /// <summary>Number of a field; null when it is none.</summary>
    public decimal? NumberOf(string name) => TryNumber(this[name], out var number) ? number : null;

    /// <summary>A fingerprint of what a field means: 1.0 and 1 give the same; 0 when it is not there.</summary>
    public ulong PrintOf(string name)
    {
        if (this[name] is not { } value) return 0;
        return StreamForm.KindOf(name) switch
        {
            FieldKind.Number when TryNumber(value, out var number) => Print(Canonical(number)),
            FieldKind.Time when TryTime(value, out var time) => (ulong)time.Ticks,
            _ => Print(value),
        };
    }

    /// <summary>Reads an id; null when the text is none.</summary>
    public static EntryId? IdOf(string? text) =>
        text is not null && EntryId.TryParse(Encoding.Latin1.GetBytes(text), out var id) ? id : null;

    /// <summary>Reads a number.</summary>
    public static bool TryNumber(string? text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads a time.</summary>
    public static bool TryTime(string? text, out DateTime time) => DateTime.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out time);

    /// <summary>The shortest exact text of a number.</summary>
    public static string Canonical(decimal number) =>
        number == 0 ? "0" : number.ToString(NumberFormat, CultureInfo.InvariantCulture);

    /// <summary>FNV-1a of 64 bits, of G. Fowler, L. C. Noll and K.-P. Vo (1991).</summary>
    private static ulong Print(string text)
    {
        var print = 14695981039346656037UL;
        foreach (var letter in text) print = unchecked((print ^ letter) * 1099511628211UL);
        return print;
    }
}

using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>What files of Tardis have in common: a header that is checked by name, and rows that name exchange and
/// symbol.</summary>
/// <remarks>
/// A row's symbol is the entry's; <c>symbol=</c> says which one is expected, and a row of another is refused. Its
/// exchange is the entry's source unless <c>source=</c> names one. Times are microseconds. Layout as of 2024,
/// docs.tardis.dev, downloadable CSV files.
/// </remarks>
internal abstract class TardisRows(FeedFile file, FeedSpec spec, params string[] names) : IRowFormat
{
    private static readonly string[] Common = ["exchange", "symbol", "timestamp"];

    private readonly int[] _fields = new int[Common.Length + names.Length];
    private int _count;
    private RepeatedName _exchange;
    private RepeatedName _symbol;

    public char Separator => ',';

    public string Layout => "";

    public bool IsReversed => false;

    public abstract string Expected { get; }

    public bool TakesAsHeader(RowLines first)
    {
        var header = RowHeader.NamesOf(first);
        string[] wanted = [.. Common, .. names];
        _count = header.Count;
        for (var index = 0; index < wanted.Length; index++)
        {
            _fields[index] = header.IndexOf(wanted[index]);
            if (_fields[index] < 0) throw RowHeader.Another(first, file, Expected);
        }

        return true;
    }

    public FeedRow Read(RowLines row)
    {
        if (row.IsMalformed) return Refusal.Of(row, "its quotes do not pair", "plain fields", isStructural: true);
        if (row.Count != _count) return Refusal.Of(row, $"{row.Count} columns", $"{_count}", isStructural: true);
        if (RefuseName(row, 0) is { } badExchange) return badExchange;
        if (RefuseName(row, 1) is { } badSymbol) return badSymbol;
        if (RowNumbers.RefuseMicroseconds(row, Common[2], _fields[2], out var at) is { } badTime) return badTime;
        var symbol = _symbol.Of(row[_fields[1]]);
        if (spec.Symbol.Length > 0 && spec.Symbol != symbol)
        {
            return Refusal.Of(
                row, Common[1], _fields[1], $"{spec.Symbol} as symbol= says; leave it out to take every row",
                isStructural: true);
        }

        return Read(row, at, spec.Source.Length > 0 ? spec.Source : _exchange.Of(row[_fields[0]]), symbol);
    }

    /// <summary>Reads what the row says beyond exchange, symbol and time.</summary>
    protected abstract FeedRow Read(RowLines row, DateTime at, string source, string symbol);

    /// <summary>Where a column of its own stands, by its place in the names given.</summary>
    protected int FieldOf(int name) => _fields[Common.Length + name];

    private FeedRow? RefuseName(RowLines row, int column) => RowNames.IsName(row[_fields[column]])
        ? null
        : Refusal.Of(row, Common[column], _fields[column], RowNames.Expected, isStructural: true);
}

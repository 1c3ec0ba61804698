using System.Collections.Immutable;

namespace TradeOs.Host;

/// <summary>One source of market data as a person types it: <c>FORMAT:PATH[,symbol=S][,source=N]...</c>.</summary>
/// <param name="Format">How its rows are written.</param>
/// <param name="Path">
/// The file, a directory of files, or <c>-</c> for standard input; empty for the simulator.
/// </param>
/// <param name="Symbol">
/// Instrument of every row; empty for the simulator, which has its own, and for a directory whose files' names tell it.
/// </param>
/// <param name="Source">Value of the field <c>source</c> of its entries.</param>
public sealed record FeedSpec(FeedFormat Format, string Path, string Symbol, string Source)
{
    /// <summary>Longest symbol or source, as the readers of <c>market_data.raw</c> take it.</summary>
    public const int NameLengthMax = 64;

    private static readonly ImmutableArray<string> Words = ["binance-trades", "ohlcv", "simulated"];

    /// <summary>Order of day and month in dates such as 1/3/2017, option <c>dates=mdy|dmy</c>.</summary>
    /// <remarks>
    /// When not given, a date of the file that can only be read one way decides; without one, month first.
    /// </remarks>
    public DateOrder? Dates { get; private init; }

    /// <summary>
    /// Rows a file written newest first may have, option <c>rows-max=N</c>: it is turned round in memory. Default
    /// 1,000,000.
    /// </summary>
    public int ReversedRowsMax { get; private init; } = 1_000_000;

    /// <summary>
    /// How much faster than recorded the rows go out, option <c>pace=1x|10x|max</c>; null, the default, is as fast as
    /// they can.
    /// </summary>
    public double? Pace { get; private init; }

    /// <summary>Whether the rows go out at the rhythm they were recorded in.</summary>
    public bool IsPaced => Pace is not null;

    /// <summary>Whether the path is that of a directory.</summary>
    public bool IsDirectory { get; private init; }

    /// <summary>Whether the rows come from standard input.</summary>
    public bool IsStandardInput => Path == "-";

    /// <summary>What the simulator makes; null for a file.</summary>
    public Simulation? Simulation { get; private init; }

    /// <summary>The word of a format, as typed and as kept in the feed's state.</summary>
    public static string WordOf(FeedFormat format) => Words[(int)format];

    /// <summary>Reads a SPEC.</summary>
    /// <exception cref="FeedSpecException">
    /// It is not one; the message says what was found, what was expected and the next move.
    /// </exception>
    public static FeedSpec Parse(string text)
    {
        var end = text.AsSpan().IndexOfAny(':', ',');
        var word = end < 0 ? text : text[..end];
        var format = Words.IndexOf(word);
        if (format < 0)
        {
            throw new FeedSpecException(
                $"--feed {text}: format \"{word}\" is unknown, expected one of {string.Join(", ", Words)}. " +
                "Write FORMAT:PATH, e.g. --feed binance-trades:BTCUSDT-trades-2024-08-08.csv.gz");
        }

        var rest = end < 0 ? "" : text[end..];
        return (FeedFormat)format == FeedFormat.Simulated
            ? OfSimulator(text, rest.TrimStart(':', ','))
            : OfFile(text, (FeedFormat)format, rest);
    }

    /// <summary>The spec of one file of this directory.</summary>
    /// <exception cref="FeedSpecException">Nothing tells its symbol.</exception>
    public FeedSpec ForFile(string path) => this with
    {
        Path = path,
        IsDirectory = false,
        Symbol = Symbol.Length > 0 ? Symbol : SymbolOf(Format, path) ?? throw NoSymbol(Path, path),
    };

    private static FeedSpec OfSimulator(string text, string rest)
    {
        var options = new FeedSpecOptions(text, rest);
        var simulation = Simulation.Read(options);
        var source = options.Name("source") ?? "simulated";
        options.End();
        return new FeedSpec(FeedFormat.Simulated, "", "", source) { Simulation = simulation };
    }

    private static FeedSpec OfFile(string text, FeedFormat format, string rest)
    {
        var start = FeedSpecOptions.StartIn(rest);
        var path = rest.StartsWith(':') ? rest[1..start] : "";
        if (path.Length == 0)
        {
            throw new FeedSpecException(
                $"--feed {text}: there is no path, expected {WordOf(format)}:PATH. Add the path of the file after " +
                "the colon.");
        }

        var options = new FeedSpecOptions(text, rest[start..].TrimStart(','));
        var isBars = format == FeedFormat.Ohlcv;
        if (isBars && path == "-") throw BarsAreReadTwice(text);
        var isDirectory = Directory.Exists(path);
        var symbol = options.Name("symbol") ?? (isDirectory ? "" : SymbolOf(format, path))
            ?? throw NoSymbol($"--feed {text}", path);
        var spec = new FeedSpec(format, path, symbol, options.Name("source") ?? (isBars ? "file" : "binance"))
        {
            Dates = isBars ? options.Dates() : null,
            IsDirectory = isDirectory,
            Pace = options.Pace(),
            ReversedRowsMax = isBars ? (int)options.Count("rows-max", 1_000_000, 1, 100_000_000) : 0,
        };
        options.End();
        return spec;
    }

    private static string? SymbolOf(FeedFormat format, string path) =>
        format == FeedFormat.Ohlcv ? StemOf(path) : TradesSymbolOf(path);

    /// <summary>
    /// <c>BTCUSDT</c> of <c>um-BTCUSDT-trades-2020-08.csv</c>: Binance names its dumps <c>SYMBOL-trades-DAY</c>.
    /// </summary>
    private static string? TradesSymbolOf(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        var end = name.IndexOf("-trades", StringComparison.OrdinalIgnoreCase);
        return end <= 0 ? null : FeedSpecOptions.NameOrNull(name[(name[..end].LastIndexOf('-') + 1)..end]);
    }

    /// <summary>
    /// <c>GBPUSD</c> of <c>gbpusd-m1-ask-2012.csv</c>: the file's name up to the first dash or point.
    /// </summary>
    private static string? StemOf(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        var end = name.AsSpan().IndexOfAny('-', '.');
        return FeedSpecOptions.NameOrNull((end < 0 ? name : name[..end]).ToUpperInvariant());
    }

    private static FeedSpecException BarsAreReadTwice(string text) => new(
        $"--feed {text}: bars are looked through before they are fed, expected a file, which can be read twice. " +
        "Write them to a file and name it.");

    private static FeedSpecException NoSymbol(string where, string path) => new(
        $"{where}: the file name \"{System.IO.Path.GetFileName(path)}\" tells no symbol, expected " +
        "SYMBOL-trades-... for binance-trades, SYMBOL-... for ohlcv. Add ,symbol=BTCUSDT");
}

/// <summary>How the rows of a source are written.</summary>
public enum FeedFormat
{
    /// <summary>Binance <c>trades</c> dumps, spot and futures.</summary>
    BinanceTrades,

    /// <summary>Bars with a header, or NinjaTrader's without.</summary>
    Ohlcv,

    /// <summary>No file: a market made up from a seed.</summary>
    Simulated,
}

/// <summary>Order of day and month in dates such as 1/3/2017.</summary>
public enum DateOrder
{
    /// <summary>1/3/2017 is January 3rd.</summary>
    MonthFirst,

    /// <summary>1/3/2017 is March 1st.</summary>
    DayFirst,
}

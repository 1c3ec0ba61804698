using System.Collections.Immutable;
using TradeOs.Stages;

namespace TradeOs.Host;

/// <summary>One source of market data as a person types it: <c>[FORMAT:]PATH[,symbol=S][,source=N]...</c>.</summary>
/// <param name="Format">How its rows are written.</param>
/// <param name="Path">
/// The file, a directory of files, or <c>-</c> for standard input; empty for the simulator.
/// </param>
/// <param name="Symbol">
/// Instrument of every row. Empty for the simulator, for a directory whose files' names tell it, and where rows name
/// their own: there a symbol is what Tardis rows must have, and what <c>ndjson</c> rows have that name none.
/// </param>
/// <param name="Source">
/// Value of the field <c>source</c> of its entries; empty where it is the exchange a Tardis row names. An
/// <c>ndjson</c> row that names its own keeps that.
/// </param>
public sealed record FeedSpec(FeedFormat Format, string Path, string Symbol, string Source)
{
    /// <summary>Longest symbol or source, as the readers of <c>market_data.raw</c> take it.</summary>
    public const int NameLengthMax = MarketEvent.NameLengthMax;

    private const string PathMarks = "./\\";

    private static readonly ImmutableArray<string> Words =
    [
        "binance-trades", "binance-aggtrades", "binance-klines", "tardis-trades", "tardis-quotes", "ohlcv", "ndjson",
        "simulated",
    ];

    /// <summary>The formats a file can have, for messages.</summary>
    internal static string FileWords { get; } = string.Join(", ", Words.Remove("simulated"));

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

    /// <summary>The SPEC as typed, for messages.</summary>
    private string Text { get; init; } = "";

    /// <summary>What stands behind the path, kept until the format that reads it is known.</summary>
    private string Options { get; init; } = "";

    /// <summary>The word of a format, as typed and as kept in the feed's state; empty while none is named.</summary>
    public static string WordOf(FeedFormat format) => format == FeedFormat.Unnamed ? "" : Words[(int)format];

    /// <summary>Reads a SPEC.</summary>
    /// <exception cref="FeedSpecException">
    /// It is not one; the message says what was found, what was expected and the next move.
    /// </exception>
    public static FeedSpec Parse(string text)
    {
        var end = text.AsSpan().IndexOfAny(':', ',');
        var word = end < 0 ? text : text[..end];
        var rest = end < 0 ? "" : text[end..];
        var format = Words.IndexOf(word);
        if (format < 0 && IsPath(text, word, rest)) return OfUnnamed(text);
        if (word == FeedSpecs.None)
        {
            throw new FeedSpecException(
                $"--feed {text}: {word} is no feed among others, expected it alone, as --feed {word}. Take it out," +
                " or take the others out.");
        }

        if (format < 0) throw Unknown(text, word);
        return (FeedFormat)format == FeedFormat.Simulated
            ? OfSimulator(text, rest.TrimStart(':', ','))
            : OfFile(text, (FeedFormat)format, rest.StartsWith(':') ? rest[1..] : "");
    }

    /// <summary>The same SPEC with <paramref name="format"/> in front, where none was named.</summary>
    /// <exception cref="FeedSpecException">The format does not know its options, or the file's name no
    /// symbol.</exception>
    internal FeedSpec As(FeedFormat format) => OfFile(Text, format, Path, Options);

    /// <summary>A point or a slash, or a drive's letter, makes it a path; a format has none.</summary>
    private static bool IsPath(string text, string word, string rest) => rest.StartsWith(':')
        ? word.Length == 1 || word.AsSpan().ContainsAny(PathMarks)
        : text.AsSpan(0, FeedSpecOptions.StartIn(text)).ContainsAny(PathMarks);

    private static FeedSpec OfUnnamed(string text)
    {
        var start = FeedSpecOptions.StartIn(text);
        return new FeedSpec(FeedFormat.Unnamed, text[..start], "", "") { Text = text, Options = text[start..] };
    }

    /// <summary>The spec of one file of this directory.</summary>
    /// <exception cref="FeedSpecException">Nothing tells its symbol.</exception>
    public FeedSpec ForFile(string path) => this with
    {
        Path = path,
        IsDirectory = false,
        Symbol = Symbol.Length > 0 ? Symbol : FeedSymbol.Of(Format, path) ?? throw NoSymbol(Path, Format, path),
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
        return start == 0
            ? throw new FeedSpecException(
                $"--feed {text}: there is no path, expected {WordOf(format)}:PATH. Add the path of the file after " +
                "the colon.")
            : OfFile(text, format, rest[..start], rest[start..]);
    }

    private static FeedSpec OfFile(string text, FeedFormat format, string path, string behind)
    {
        var options = new FeedSpecOptions(text, behind);
        var isBars = format == FeedFormat.Ohlcv;
        if (isBars && path == "-") throw BarsAreReadTwice(text);
        var isDirectory = Directory.Exists(path);
        var symbol = options.Name("symbol") ?? (isDirectory ? "" : FeedSymbol.Of(format, path))
            ?? throw NoSymbol($"--feed {text}", format, path);
        var spec = new FeedSpec(format, path, symbol, options.Name("source") ?? SourceOf(format))
        {
            Dates = isBars ? options.Dates() : null,
            IsDirectory = isDirectory,
            Pace = options.Pace(),
            ReversedRowsMax = isBars ? (int)options.Count("rows-max", 1_000_000, 1, 100_000_000) : 0,
        };
        options.End();
        return spec;
    }

    private static string SourceOf(FeedFormat format) => format switch
    {
        FeedFormat.BinanceTrades or FeedFormat.BinanceAggTrades or FeedFormat.BinanceKlines => "binance",
        FeedFormat.TardisTrades or FeedFormat.TardisQuotes => "",
        _ => "file",
    };

    private static FeedSpecException Unknown(string text, string word) => new(
        $"--feed {text}: format \"{word}\" is unknown, expected one of {string.Join(", ", Words)}, or " +
        $"{FeedSpecs.None} alone. Write FORMAT:PATH, e.g. --feed binance-trades:BTCUSDT-trades-2024-08-08.csv.gz; a " +
        "file whose first rows tell its format needs none: --feed ./FILE");

    /// <summary>A path that leads nowhere, or to a file of another format, is what has to be mended first.</summary>
    private static FeedSpecException NoSymbol(string where, FeedFormat format, string path)
    {
        if (path != "-") FeedFile.CheckPath(path);
        var another = File.Exists(path) ? FormatSight.Of(FeedFile.Open(path)).WhyNot(format) : null;
        return new FeedSpecException(another ??
            $"{where}: the file name \"{System.IO.Path.GetFileName(path)}\" tells no symbol, expected " +
            $"{FeedSymbol.ExpectedName(format)} for {WordOf(format)}. Add ,symbol=BTCUSDT");
    }

    private static FeedSpecException BarsAreReadTwice(string text) => new(
        $"--feed {text}: bars are looked through before they are fed, expected a file, which can be read twice. " +
        "Write them to a file and name it.");
}

/// <summary>How the rows of a source are written.</summary>
public enum FeedFormat
{
    /// <summary>Binance <c>trades</c> dumps, spot and futures.</summary>
    BinanceTrades,

    /// <summary>Binance <c>aggTrades</c> dumps, spot and futures.</summary>
    BinanceAggTrades,

    /// <summary>Binance <c>klines</c> dumps, spot and futures: bars.</summary>
    BinanceKlines,

    /// <summary>Tardis <c>trades</c> files of any exchange.</summary>
    TardisTrades,

    /// <summary>Tardis <c>quotes</c> files of any exchange.</summary>
    TardisQuotes,

    /// <summary>Bars with a header, or NinjaTrader's without.</summary>
    Ohlcv,

    /// <summary>Entries of <c>market_data.raw</c> as JSON, one object a line.</summary>
    Ndjson,

    /// <summary>No file: a market made up from a seed.</summary>
    Simulated,

    /// <summary>Not named: the first rows of the file tell it, before anything else is asked of the SPEC.</summary>
    Unnamed,
}

/// <summary>Order of day and month in dates such as 1/3/2017.</summary>
public enum DateOrder
{
    /// <summary>1/3/2017 is January 3rd.</summary>
    MonthFirst,

    /// <summary>1/3/2017 is March 1st.</summary>
    DayFirst,
}

using System.Text.RegularExpressions;

namespace TradeOs.Host;

/// <summary>The symbol a file's name tells, where the rows of its format name none.</summary>
internal static partial class FeedSymbol
{
    /// <summary>The symbol; empty where rows name their own, null where the name tells none.</summary>
    public static string? Of(FeedFormat format, string path)
    {
        var name = Path.GetFileName(path);
        return format switch
        {
            FeedFormat.BinanceTrades => InFrontOf(name, "-trades"),
            FeedFormat.BinanceAggTrades => InFrontOf(name, "-aggTrades"),
            FeedFormat.BinanceKlines => FeedSpecOptions.NameOrNull(Kline().Match(name).Groups["symbol"].Value),
            FeedFormat.Ohlcv => StemOf(name),
            _ => "",
        };
    }

    /// <summary>How a name that tells the symbol looks.</summary>
    public static string ExpectedName(FeedFormat format) => format switch
    {
        FeedFormat.BinanceTrades => "SYMBOL-trades-...",
        FeedFormat.BinanceAggTrades => "SYMBOL-aggTrades-...",
        FeedFormat.BinanceKlines => "SYMBOL-1m-...",
        _ => "SYMBOL-...",
    };

    /// <summary>
    /// <c>BTCUSDT</c> of <c>um-BTCUSDT-trades-2020-08.csv</c>: Binance names its dumps <c>SYMBOL-trades-DAY</c>.
    /// </summary>
    private static string? InFrontOf(string name, string kind)
    {
        var end = name.IndexOf(kind, StringComparison.OrdinalIgnoreCase);
        return end <= 0 ? null : FeedSpecOptions.NameOrNull(name[(name[..end].LastIndexOf('-') + 1)..end]);
    }

    /// <summary>
    /// <c>GBPUSD</c> of <c>gbpusd-m1-ask-2012.csv</c>: the file's name up to the first dash or point.
    /// </summary>
    private static string? StemOf(string name)
    {
        var end = name.AsSpan().IndexOfAny('-', '.');
        return FeedSpecOptions.NameOrNull((end < 0 ? name : name[..end]).ToUpperInvariant());
    }

    /// <summary><c>BTCUSD_PERP</c> of <c>cm-BTCUSD_PERP-1h-2023-10-27.csv</c>: the part before the interval.</summary>
    [GeneratedRegex(@"(?<symbol>[^-]+)-[0-9]{1,2}(s|m|h|d|w|mo)[-.]", RegexOptions.IgnoreCase)]
    private static partial Regex Kline();
}

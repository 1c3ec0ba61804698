namespace TradeOs.Host;

/// <summary>The reader of each format's rows.</summary>
internal static class RowFormats
{
    /// <summary>Opens the reader of a file's rows.</summary>
    /// <exception cref="FeedFileException">The file as a whole is not of the format.</exception>
    public static IRowFormat Open(FeedFile file, FeedSpec spec, CancellationToken cancellationToken) =>
        spec.Format switch
        {
            FeedFormat.BinanceTrades => new BinanceTradeRows(file, spec),
            FeedFormat.BinanceAggTrades => new BinanceAggTradeRows(file, spec),
            FeedFormat.BinanceKlines => new BinanceKlineRows(file, spec),
            FeedFormat.TardisTrades => new TardisTradeRows(file, spec),
            FeedFormat.TardisQuotes => new TardisQuoteRows(file, spec),
            FeedFormat.Ohlcv => new BarRows(spec, BarSurvey.Take(file, spec, cancellationToken)),
            FeedFormat.Ndjson => new NdjsonRows(spec),
            _ => throw new InvalidOperationException($"{spec.Format} has no rows."),
        };
}

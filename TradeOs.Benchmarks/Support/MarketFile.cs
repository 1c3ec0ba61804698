using System.Globalization;
using System.IO.Compression;
using System.Text;
using TradeOs.Host;

namespace TradeOs.Benchmarks;

/// <summary>A made-up file of market data in a temporary directory, which goes with it.</summary>
internal sealed class MarketFile : IDisposable
{
    private const int FilesOfADirectory = 100;
    private const int RowBytesMax = 256;

    private const string QuoteHeader =
        "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("tradeos-benchmark-").FullName;
    private readonly FeedFormat _format;
    private readonly string _name;
    private readonly string _header;
    private readonly Func<long, string> _textOf;

    private MarketFile(FeedFormat format)
    {
        _format = format;
        (_name, _header, _textOf) = format switch
        {
            FeedFormat.BinanceTrades => ("BTCUSDT-trades-1", "", (Func<long, string>)DumpOf),
            FeedFormat.BinanceKlines => ("BTCUSDT-1s-1", "", KlineOf),
            FeedFormat.TardisQuotes => ("quotes", QuoteHeader, QuoteOf),
            FeedFormat.Ndjson => ("trades", "", JsonOf),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No rows are made up in this format."),
        };
    }

    /// <summary>The file, or the directory of files.</summary>
    public string Path { get; private set; } = "";

    /// <summary>What to feed.</summary>
    public string Spec => $"{FeedSpec.WordOf(_format)}:{Path}";

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length);

    /// <summary>Writes it.</summary>
    public static MarketFile Write(FeedFormat format, long rows, FilePacking packing)
    {
        var file = new MarketFile(format);
        file.WriteFiles(rows, packing);
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void WriteFiles(long rows, FilePacking packing)
    {
        Path = System.IO.Path.Combine(_folder, $"{_name}.csv");
        switch (packing)
        {
            case FilePacking.Plain:
                using (var plain = File.Create(Path)) WriteRows(plain, 0, rows);
                break;
            case FilePacking.Gzip:
                using (var packed = File.Create(Path += ".gz"))
                using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
                    WriteRows(gzip, 0, rows);
                break;
            case FilePacking.Zip:
                Path = System.IO.Path.Combine(_folder, $"{_name}.zip");
                using (var archive = ZipFile.Open(Path, ZipArchiveMode.Create))
                using (var entry = archive.CreateEntry($"{_name}.csv", CompressionLevel.Fastest).Open())
                    WriteRows(entry, 0, rows);
                break;
            default:
                Path = _folder;
                for (var day = 0L; day < FilesOfADirectory; day++)
                {
                    var name = FormattableString.Invariant($"{_name}-{day:000}.csv");
                    using var part = File.Create(System.IO.Path.Combine(_folder, name));
                    WriteRows(part, rows * day / FilesOfADirectory, rows * (day + 1) / FilesOfADirectory);
                }

                break;
        }
    }

    private void WriteRows(Stream stream, long first, long end)
    {
        var buffer = new byte[64 * 1024];
        var length = Encoding.ASCII.GetBytes(_header, buffer);
        for (var row = first; row < end; row++)
        {
            length += Encoding.ASCII.GetBytes(_textOf(row), buffer.AsSpan(length));
            if (buffer.Length - length >= RowBytesMax && row < end - 1) continue;
            stream.Write(buffer, 0, length);
            length = 0;
        }
    }

    private static string DumpOf(long row)
    {
        var flags = row % 2 == 0 ? "True,True" : "False,True";
        return string.Create(
            CultureInfo.InvariantCulture, $"{IdOf(row)},{PriceOf(row)},0.00731,451.12385750,{AtOf(row)},{flags}\n");
    }

    private static string KlineOf(long row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{AtOf(row) * 1000},{PriceOf(row)},{PriceOf(row) + 1},{PriceOf(row) - 1},{PriceOf(row)},3.10440000," +
        $"{(AtOf(row) * 1000) + 999},191589.2317,98,1.9,117263.1,0\n");

    private static string QuoteOf(long row) => string.Create(
        CultureInfo.InvariantCulture,
        $"binance,BTCUSDT,{AtOf(row) * 1000},{(AtOf(row) * 1000) + 731}," +
        $"2.35,{PriceOf(row) + 0.01m},{PriceOf(row)},1.2\n");

    private static string JsonOf(long row)
    {
        var side = row % 2 == 0 ? "sell" : "buy";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"at\":{AtOf(row)},\"symbol\":\"BTCUSDT\",\"kind\":\"trade\",\"price\":\"{PriceOf(row)}\"," +
            $"\"qty\":\"0.00731\",\"side\":\"{side}\",\"trade_id\":\"{IdOf(row)}\"}}\n");
    }

    private static long AtOf(long row) => 1723161255342 + row;

    private static long IdOf(long row) => 3755289441 + row;

    private static decimal PriceOf(long row) => 61713.25m + (row % 997);
}

/// <summary>How the rows lie on the disk.</summary>
internal enum FilePacking
{
    /// <summary>One file of text.</summary>
    Plain,

    /// <summary>One file, gzip.</summary>
    Gzip,

    /// <summary>One file in a zip archive.</summary>
    Zip,

    /// <summary>A hundred files of text in a directory.</summary>
    Directory,
}

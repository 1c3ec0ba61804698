using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace TradeOs.Benchmarks;

/// <summary>A made-up Binance dump in a temporary directory, which goes with it.</summary>
internal sealed class TradesFile : IDisposable
{
    private const int FilesOfADirectory = 100;
    private const int RowBytesMax = 256;

    private readonly string _folder = Directory.CreateTempSubdirectory("tradeos-benchmark-").FullName;

    private TradesFile()
    {
    }

    /// <summary>The file, or the directory of files.</summary>
    public string Path { get; private set; } = "";

    /// <summary>What to feed.</summary>
    public string Spec { get; private set; } = "";

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length);

    /// <summary>Writes it.</summary>
    public static TradesFile Write(long rows, FilePacking packing)
    {
        var file = new TradesFile();
        file.WriteRows(rows, packing);
        file.Spec = packing == FilePacking.Ndjson ? $"ndjson:{file.Path}" : $"binance-trades:{file.Path}";
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void WriteRows(long rows, FilePacking packing)
    {
        const string Name = "BTCUSDT-trades-1";
        switch (packing)
        {
            case FilePacking.Plain:
                using (var plain = File.Create(Path = System.IO.Path.Combine(_folder, $"{Name}.csv")))
                    WriteRows(plain, 0, rows, DumpOf);
                break;
            case FilePacking.Ndjson:
                using (var json = File.Create(Path = System.IO.Path.Combine(_folder, "trades.ndjson")))
                    WriteRows(json, 0, rows, JsonOf);
                break;
            case FilePacking.Gzip:
                using (var packed = File.Create(Path = System.IO.Path.Combine(_folder, $"{Name}.csv.gz")))
                using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
                    WriteRows(gzip, 0, rows, DumpOf);
                break;
            case FilePacking.Zip:
                Path = System.IO.Path.Combine(_folder, $"{Name}.zip");
                using (var archive = ZipFile.Open(Path, ZipArchiveMode.Create))
                using (var entry = archive.CreateEntry($"{Name}.csv", CompressionLevel.Fastest).Open())
                    WriteRows(entry, 0, rows, DumpOf);
                break;
            default:
                Path = _folder;
                for (var day = 0L; day < FilesOfADirectory; day++)
                {
                    var name = FormattableString.Invariant($"BTCUSDT-trades-{day:000}.csv");
                    using var part = File.Create(System.IO.Path.Combine(_folder, name));
                    WriteRows(part, rows * day / FilesOfADirectory, rows * (day + 1) / FilesOfADirectory, DumpOf);
                }

                break;
        }
    }

    private static string DumpOf(long row)
    {
        var flags = row % 2 == 0 ? "True,True" : "False,True";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{3755289441 + row},{PriceOf(row)},0.00731,451.12385750,{1723161255342 + row},{flags}\n");
    }

    private static string JsonOf(long row)
    {
        var side = row % 2 == 0 ? "sell" : "buy";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"at\":{1723161255342 + row},\"symbol\":\"BTCUSDT\",\"kind\":\"trade\",\"price\":\"{PriceOf(row)}\"," +
            $"\"qty\":\"0.00731\",\"side\":\"{side}\",\"trade_id\":\"{3755289441 + row}\"}}\n");
    }

    private static decimal PriceOf(long row) => 61713.25m + (row % 997);

    private static void WriteRows(Stream stream, long first, long end, Func<long, string> textOf)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        for (var row = first; row < end; row++)
        {
            length += Encoding.ASCII.GetBytes(textOf(row), buffer.AsSpan(length));
            if (buffer.Length - length >= RowBytesMax && row < end - 1) continue;
            stream.Write(buffer, 0, length);
            length = 0;
        }
    }
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

    /// <summary>One file of JSON lines.</summary>
    Ndjson,

    /// <summary>A hundred files of text in a directory.</summary>
    Directory,
}

using System.IO.Compression;
using NUnit.Framework;

namespace TradeOs.Tests;

/// <summary>
/// Recorded market data and expected values of others, in ../shared/data beside the repository; never part of it.
/// </summary>
public static class Recorded
{
    public const string BtcSpot = "derived/BTCUSDT-trades-spot-20240808_09.headerless.csv.gz";
    public const string BtcFutures = "derived/BTCUSDT-trades-um-20240808.header.csv.gz";
    public const string TrxMicroseconds = "derived/TRXUSDT-trades-spot-2025-03-04.us.headerless.csv.gz";
    public const string TardisTrades = "derived/tardis_binance-futures_trades_2024-08-08_BTCUSDT.csv.gz";
    public const string TardisQuotes = "derived/tardis_binance-futures_quotes_2024-08-08_BTCUSDT.csv.gz";
    public const string Spy = "skender/default.csv";

    /// <summary>Path of a file there; the test is skipped where the folder is absent.</summary>
    public static string File(string name)
    {
        var folder = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));
        if (!Directory.Exists(folder))
            Assert.Ignore($"{folder} is absent: put the recorded market data there to run this test.");
        return Path.Combine(folder, name);
    }

    /// <summary>Lines of a file there, unpacked where its name ends in .gz.</summary>
    public static IReadOnlyList<string> Lines(string name)
    {
        using var file = System.IO.File.OpenRead(File(name));
        using Stream content = name.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        using var reader = new StreamReader(content);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }
}

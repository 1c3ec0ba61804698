using NUnit.Framework;

namespace TradeOs.Tests.EndToEnd;

/// <summary>Recorded market data beside the repository; a test that needs it says so and is skipped where it is absent.</summary>
internal static class Recorded
{
    public const string BtcSpot = "derived/BTCUSDT-trades-spot-20240808_09.headerless.csv.gz";
    public const string BtcFutures = "derived/BTCUSDT-trades-um-20240808.header.csv.gz";
    public const string TrxMicroseconds = "derived/TRXUSDT-trades-spot-2025-03-04.us.headerless.csv.gz";
    public const string Spy = "skender/default.csv";

    /// <summary>Path of a file of the data folder.</summary>
    public static string File(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !System.IO.File.Exists(Path.Combine(root.FullName, "TradeOs.sln"))) root = root.Parent;
        var path = Path.Combine(root?.Parent?.FullName ?? "", "shared", "data", name);
        if (!System.IO.File.Exists(path)) Assert.Ignore($"The recorded market data is not beside the repository: {path}");
        return path;
    }
}

using System.IO.Compression;
using System.Text;
using NUnit.Framework;

namespace TradeOs.Tests.EndToEnd;

/// <summary>Files as people have them: broken ones are explained, never crashed on.</summary>
[TestFixture]
public sealed class FileTests
{
    /// <summary>Every row is an entry or a dead letter of the feed; a row far in time from the one before is both,
    /// since signal-engine does not believe it.</summary>
    [TestCase("ohlcv", "skender/bad.csv", 2)]
    [TestCase("ohlcv", "skender/mismatch.csv", 7)]
    [TestCase("ohlcv", "skender/zeros.csv", 0)]
    [TestCase("binance-trades", "binance_issue_excerpts/um-BTCUSDT-trades-2020-08.issue12.csv", 0)]
    [TestCase("ohlcv", "binance_issue_excerpts/cm-BTCUSD_PERP-1h-2023-10-27.issue283.csv", 0)]
    [TestCase("ohlcv", "binance_issue_excerpts/spot-BTCUSDT-1h-2023-10-27.issue283.csv", 0)]
    public async Task Run_AwkwardFile_ExplainsEveryRowItRefuses(string format, string file, int doubted)
    {
        var path = Recorded.File(file);
        var rows = File.ReadLines(path).Count(line => line.Length > 0) - (HasHeader(path) ? 1 : 0);

        var result = await MemoryAsync($"{format}:{path}");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Added["market_data.raw"] + result.Added["dead.letters"], Is.EqualTo(rows + doubted));
    }

    [Test]
    public async Task Run_NoSuchFile_IsSaidAndExitsTwo()
    {
        var result = await MemoryAsync("binance-trades:/nowhere/BTCUSDT-trades-1.csv");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("/nowhere/BTCUSDT-trades-1.csv"));
    }

    [TestCase("", "empty")]
    [TestCase("{\"this\": \"is json\"}\n[1,2]\n", "expected")]
    [TestCase("a,b,c\n1,2,3\n", "expected")]
    public async Task Run_FileOfAnotherFormat_IsSaidAndExitsOne(string content, string message)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "BTCUSDT-trades-1.csv");
        await File.WriteAllTextAsync(path, content);

        var result = await MemoryAsync($"binance-trades:{path}");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Error, Does.Contain(path).And.Contain(message));
    }

    [Test]
    public async Task Run_TruncatedGzip_IsSaidAndExitsOne()
    {
        using var directory = new TemporaryDirectory();
        var whole = await File.ReadAllBytesAsync(Recorded.File(Recorded.BtcSpot));
        var path = Path.Combine(directory.Path, "BTCUSDT-trades-cut.csv.gz");
        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)]);

        var result = await MemoryAsync($"binance-trades:{path}");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Error, Does.Contain(path));
    }

    [Test]
    public async Task Run_GzipWithoutItsEnding_IsReadAllTheSame()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "BTCUSDT-trades-1.csv");
        await using (var file = File.Create(path))
        await using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
            await gzip.WriteAsync(Encoding.ASCII.GetBytes("1,100,1,100,1723161255342,True,True\n"));

        var result = await MemoryAsync($"binance-trades:{path}");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Added["market_data.raw"], Is.EqualTo(1));
    }

    [Test]
    public async Task Run_UnknownFormat_NamesThoseThereAre()
    {
        var result = await MemoryAsync("parquet:file");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("parquet").And.Contain("ohlcv, ndjson, simulated"));
    }

    [Test]
    public async Task Run_EndlessSimulationUntilIdle_IsRefusedBeforeItHangs()
    {
        var result = await MemoryAsync("simulated");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("count=10000"));
    }

    private static Task<TradeOsResult> MemoryAsync(string feed) =>
        TradeOsProcess.RunAsync("run", "--bus", "memory", "--feed", feed, "--until-idle", "--json");

    private static bool HasHeader(string path) =>
        !char.IsAsciiDigit(File.ReadLines(path).First().TrimStart('\uFEFF')[0]);
}

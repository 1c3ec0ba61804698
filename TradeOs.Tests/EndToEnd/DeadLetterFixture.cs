using System.Diagnostics;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.EndToEnd;

/// <summary>A server and a data directory that a run made its own; letters are made by showing stages what they
/// cannot read.</summary>
public abstract class DeadLetterFixture
{
    protected const string Tick =
        "at 2024-08-08T12:00:00.000000Z source x symbol BTCUSDT kind trade price -1 qty 1 side buy trade_id 7";

    protected const string Buy =
        "at 2030-08-08T12:00:00Z symbol Z strategy s side buy price -1 bid 100 ask 100 volume 1000 confidence 1 " +
        "reason r atr 1";

    protected const string Sha256OfX = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

    protected static readonly string[] Because = ["--reason", "mended by hand"];

    protected RedisServerProcess Server { get; private set; } = null!;

    private protected TemporaryDirectory Files { get; private set; } = null!;

    private protected string[] Where =>
        ["--redis", Server.Endpoint, "--set", "Redis:Mode=External", "--data", Files["data"], .. Archives.Off];

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Files = new TemporaryDirectory();
        Server = await RedisServerProcess.StartAsync();
        await RunAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await Server.DisposeAsync();
        Files.Dispose();
    }

    private protected Task<TradeOsResult> RunAsync(string feed = "none") =>
        TradeOsProcess.RunAsync(["run", "--feed", feed, "--until-idle", "--json", .. Where]);

    private protected Task<TradeOsResult> DeadAsync(params string[] arguments) =>
        TradeOsProcess.RunAsync(["dead", .. arguments, .. Where]);

    /// <summary>Appends an entry that nobody can read, lets the pipeline find it, and gives its letter.</summary>
    protected async Task<string> LetterAsync(string stream, params string[] fields)
    {
        var id = await Server.CliAsync(["XADD", stream, "*", .. fields]);
        var run = await RunAsync();
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        return await LetterOfAsync(id);
    }

    /// <summary>Id of the letter about an entry.</summary>
    protected async Task<string> LetterOfAsync(string entry)
    {
        var lines = (await Server.CliAsync("XRANGE", StreamNames.DeadLetters, "-", "+")).Split('\n');
        var at = Array.FindIndex(lines, line => line == entry);
        Assert.That(at, Is.Positive, "a letter about " + entry);
        return lines[Array.FindLastIndex(lines, at, line => line == "stage") - 1];
    }

    protected async Task<long> LengthAsync(string stream) =>
        long.Parse(await Server.CliAsync("XLEN", stream), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Fields of the newest entry, as redis-cli prints them, on one line.</summary>
    protected async Task<string> NewestAsync(string stream) =>
        (await Server.CliAsync("XREVRANGE", stream, "+", "-", "COUNT", "1")).Replace('\n', ' ');

    /// <summary>Standard output of a verb as bytes.</summary>
    private protected async Task<byte[]> BytesAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "tradeos"), ["dead", .. arguments, .. Where])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        return bytes.ToArray();
    }
}

using System.Diagnostics;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Stages;

namespace TradeOs.Tests.Feeds;

/// <summary>The command line a refusal names makes a file that is taken, with nothing lost on the way.</summary>
public sealed class ForeignFileTests
{
    private FeedRun _run = null!;

    [SetUp]
    public void Open() => _run = new FeedRun();

    [TearDown]
    public void Close() => _run.Dispose();

    [Test]
    public async Task CommandLine_ForACaptureMadeATable_MakesItsTrades()
    {
        var made = await MadeOfAsync(
            Recorded.File("binance_data_processor/test_positive_binance_trade_stream_spot_trxusdt_04-03-2025.csv"),
            "trades.ndjson");

        await _run.ToEndAsync(made);

        using var dump = new FeedRun();
        await dump.ToEndAsync($"binance-trades:{Recorded.File(Recorded.TrxMicroseconds)},source=file");
        Assert.That(await _run.TextAsync(), Is.EqualTo(await dump.TextAsync()));
        Assert.That(_run.Progress.Accepted, Is.EqualTo(10_000));
    }

    [Test]
    public async Task CommandLine_ForTicksWithoutSide_MakesBarsOfThem()
    {
        var ticks = Recorded.File("pyalgotrade/bitstampUSD.csv");
        var lines = (await File.ReadAllLinesAsync(ticks)).Select(line => line.Split(',')).ToList();

        await _run.ToEndAsync(await MadeOfAsync(ticks, "bars.csv"));

        var bars = (await _run.EventsAsync()).Cast<Bar>().ToList();
        Assert.That(bars, Has.Count.EqualTo(lines.CountBy(line => Math.Floor(Number(line[0]) / 60)).Count()));
        Assert.That(bars.Max(bar => bar.High.Value), Is.EqualTo(lines.Max(line => Number(line[1]))));
        Assert.That(bars.Min(bar => bar.Low.Value), Is.EqualTo(lines.Min(line => Number(line[1]))));
        Assert.That(bars.Sum(bar => bar.Volume.Value), Is.EqualTo(lines.Sum(line => Number(line[2]))).Within(0.0001m));
    }

    [Test]
    public async Task CommandLine_ForTicksOfADay_MakesBarsOfThatDay()
    {
        var made = await MadeOfAsync(
            _run.File("20240809_btcusdt_tick_trade.csv", "1437,10,1\n1498,12,2\n60001,11,3.5\n86399999,9,4\n"),
            "bars.csv");

        await _run.ToEndAsync($"{made},symbol=S");

        Assert.That(
            (await _run.EventsAsync()).Cast<Bar>().Select(bar =>
                FormattableString.Invariant($"{bar.At:s} {bar.Open} {bar.High} {bar.Low} {bar.Close} {bar.Volume}")),
            Is.EqualTo(new[]
            {
                "2024-08-09T00:00:00 10 12 10 12 3", "2024-08-09T00:01:00 11 11 11 11 3.5",
                "2024-08-09T23:59:00 9 9 9 9 4",
            }));
    }

    /// <summary>Runs what the refusal of a file says, in a folder of its own; the path of the file it makes.</summary>
    private async Task<string> MadeOfAsync(string path, string name)
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("The command lines are for a Unix shell with awk.");
        var message = _run.Fails<FeedSpecException>(path).Message;
        var folder = Path.GetDirectoryName(_run.File("empty", ""))!;
        var command = message[(message.IndexOf(" of it: ", StringComparison.Ordinal) + 8)..];
        var start = new ProcessStartInfo("sh", ["-c", command])
        {
            WorkingDirectory = folder, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That((process.ExitCode, error), Is.EqualTo((0, "")), message);
        return Path.Combine(folder, name);
    }

    private static decimal Number(string text) =>
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}

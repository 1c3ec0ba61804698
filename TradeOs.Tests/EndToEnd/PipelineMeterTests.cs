using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.EndToEnd;

/// <summary>What a metrics tool sees of a running host: the instruments of docs/METRICS.md.</summary>
[TestFixture]
public sealed class PipelineMeterTests
{
    private const int LengthMax = 200;

    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();
    private readonly ConcurrentDictionary<string, double> _values = new();
    private RedisServerProcess _redis = null!;
    private TemporaryDirectory _data = null!;
    private MeterListener _listener = null!;

    private string[] Where => ["--redis", _redis.Endpoint, "--set", "Redis:Mode=External", "--data", _data.Path];

    [SetUp]
    public async Task StartAsync()
    {
        _redis = await RedisServerProcess.StartAsync();
        _data = new TemporaryDirectory();
        _listener = new MeterListener { InstrumentPublished = Listen };
        _listener.SetMeasurementEventCallback<long>((of, value, tags, _) => Take(of, value, tags));
        _listener.SetMeasurementEventCallback<double>((of, value, tags, _) => Take(of, value, tags));
        _listener.Start();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _listener.Dispose();
        await _redis.DisposeAsync();
        _data.Dispose();
    }

    [Test]
    public async Task Meter_WhileAnOutsideReaderHoldsTheFeed_NamesStreamReaderAndHowLong()
    {
        await RunAsync("simulated:count=20,rate=max");
        await TradeOsProcess.RunAsync(["readers", "add", "python", "--stream", "market_data.raw", .. Where]);
        var run = RunAsync("simulated:count=500,rate=max,seed=2");
        const string Wait = "tradeos.reader.wait held_by=outside:python reader=feed stream=market_data.raw why=full";
        await SeenAsync(() => _values.GetValueOrDefault(Wait) > 1.5);
        var held = _values.ToDictionary();
        await TradeOsProcess.RunAsync(["readers", "remove", "python", .. Where]);
        var exitCode = await run;

        var unread = held["tradeos.stream.unread reader=outside:python stream=market_data.raw"];
        Assert.That(exitCode, Is.Zero);
        Assert.That(held["tradeos.stream.length stream=market_data.raw"], Is.EqualTo(unread));
        Assert.That(unread, Is.GreaterThan(LengthMax - 16).And.LessThanOrEqualTo(LengthMax));
        Assert.That(held["tradeos.stream.length.max stream=market_data.raw"], Is.EqualTo(LengthMax));
        Assert.That(held["tradeos.stream.unread reader=signal-engine stream=market_data.raw"], Is.Zero);
        Assert.That(held["tradeos.reader.inputs reader=signal-engine"], Is.EqualTo(unread));
        Assert.That(held["tradeos.reader.outputs reader=feed"], Is.EqualTo(unread));
        Assert.That(held["tradeos.reader.inputs reader=archive:market_data.raw"], Is.EqualTo(unread));
        Assert.That(held["tradeos.redis.outage"], Is.Zero);
    }

    [Test]
    public async Task Meter_WhileRedisIsAway_CountsTheSeconds()
    {
        var run = RunAsync("simulated:count=1000,rate=500");
        await SeenAsync(() => _values.GetValueOrDefault("tradeos.reader.inputs reader=metrics-publisher") > 0);
        await _redis.KillAsync();
        await SeenAsync(() => _values.GetValueOrDefault("tradeos.redis.outage") > 0.2);
        await _redis.StartAgainAsync();
        await SeenAsync(() => _values["tradeos.redis.outage"] == 0);

        Assert.That(await run, Is.Zero);
    }

    [Test]
    public async Task MetricsPage_HasARowForEveryInstrument()
    {
        await RunAsync("simulated:count=20,rate=max");

        var rows = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "METRICS.md")))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|').Select(cell => cell.Trim()).ToArray())
            .Select(cells => $"{cells[1].Trim('`')} ({cells[2]}): {cells[4]}");

        Assert.That(rows, Is.EquivalentTo(_instruments.Values.Select(each =>
            $"{each.Name} ({each.Unit}): {each.Description}")));
    }

    private Task<int> RunAsync(string feed)
    {
        (string, string, string)[] settings =
        [
            ("Redis:Endpoint", _redis.Endpoint, "--redis"), ("Redis:Mode", "External", "--set"),
            ("Data:Directory", _data.Path, "--data"), ("Pipeline:BatchCountMax", "16", "--set"),
            ("Streams:market_data.raw:MaxLength", $"{LengthMax}", "--set"),
        ];
        return PipelineRun.RunAsync(
            SettingsReader.Read(new SettingsSource(null, settings)), [feed],
            new RunArguments(true, false, false, false, false, false), CancellationToken.None);
    }

    private Task SeenAsync(Func<bool> isSeen) => Poll.UntilAsync(() =>
    {
        _listener.RecordObservableInstruments();
        return Task.FromResult(isSeen());
    });

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name != PipelineMeter.Name) return;
        _instruments[instrument.Name] = instrument;
        listener.EnableMeasurementEvents(instrument);
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Concat(tags.ToArray().Select(tag => $" {tag.Key}={tag.Value}").Order());
        _values[instrument.Name + text] = value;
    }
}

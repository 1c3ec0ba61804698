using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>The loop on a real server, where a read rides behind each commit.</summary>
[TestFixture]
public sealed class StageLoopTests
{
    private RedisServerProcess _server = null!;

    private static CancellationToken Cancel => TestContext.CurrentContext.CancellationToken;

    [OneTimeSetUp]
    public async Task StartServerAsync() => _server = await RedisServerProcess.StartAsync();

    [OneTimeTearDown]
    public async Task StopServerAsync() => await _server.DisposeAsync();

    [SetUp]
    public async Task EmptyServerAsync() => await _server.CliAsync("FLUSHALL");

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Run_MoreArrivesWhileASmallerBatchIsApplied_EachEntryOnceInOrder(ReadMode mode)
    {
        using var bus = NewBus();
        var definition = new ReaderDefinition("copy", "in", mode, ["out"], 1);
        await using (await bus.OpenAsync(definition, Cancel))
        {
        }

        await AddAsync(0, 2);
        var stage = new CopyStage(definition) { Applied = () => AddAsync(2, 12).GetAwaiter().GetResult() };
        var loop = new StageLoop(bus, stage, new LoopLimits(16, TimeSpan.FromMilliseconds(20)), new LoopProgress("copy"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Task.Run(() => loop.RunAsync(stop.Token), Cancel);

        await Poll.UntilAsync(async () => (await bus.InspectReaderAsync("copy", Cancel))!.Count >= 12);
        await stop.CancelAsync();
        await running;

        var copied = await bus.RangeAsync("out", EntryId.Zero, 100, Cancel);
        Assert.That(copied.Select(CopyStage.TextOf), Is.EqualTo(Enumerable.Range(0, 12).Select(Text)));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task AddAsync(int first, int end)
    {
        for (var number = first; number < end; number++) await _server.CliAsync("XADD", "in", "*", "text", Text(number));
    }

    private RedisStreamBus NewBus() => new(
        _server.Options, ImmutableDictionary<string, StreamLimit>.Empty, new OpenGate(), Guid.NewGuid().ToString("N"),
        TimeProvider.System, NullLogger<RedisStreamBus>.Instance);
}

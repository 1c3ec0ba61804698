using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>A stage that reaches Redis through a network that loses, cuts, delays and stalls.</summary>
[TestFixture]
public sealed class NetworkFaultTests : RedisFixture
{
    private const int EntriesMax = 1500;
    private const int BatchCountMax = 2;
    private const int FaultPercent = 4;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);
    private static readonly Fault[] Faults = [.. Enum.GetValues<Fault>().Where(fault => fault != Fault.None)];
    private static readonly string[] Texts =
        [.. Enumerable.Range(0, EntriesMax).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Run_ThroughFaultsOfEveryKind_CopiesEachEntryOnceInOrder(ReadMode mode)
    {
        await FillAsync();
        await using var proxy = FaultyProxy();
        using var bus = NewHost(options => (options.Endpoint, options.CommandTimeout) = (proxy.Endpoint, Timeout));
        using var direct = NewHost();
        var loop = new StageLoop(
            bus, new CopyStage(Copy(mode)), new LoopLimits(BatchCountMax, Moment), new LoopProgress("copy"));

        await RunUntilAsync(loop, async () =>
            await direct.InspectReaderAsync("copy", Cancel) is { Count: >= EntriesMax });

        Report(proxy);
        Assert.That(await TextsAsync("out"), Is.EqualTo(Texts));
        Assert.That(Faults.Select(fault => proxy.Hits.GetValueOrDefault(fault)), Has.All.GreaterThan(0));
        if (mode == ReadMode.Group) Assert.That(await Server.CliAsync("XPENDING", "in", "copy"), Does.StartWith("0"));
    }

    /// <summary>The control: the same faults do damage to a loop that writes again what it got no answer for.</summary>
    [Test]
    public async Task NaiveLoop_ThroughTheSameFaults_WritesEntriesTwice()
    {
        await FillAsync();
        await using var proxy = FaultyProxy();
        var options = new RedisOptions { Endpoint = proxy.Endpoint, CommandTimeout = Timeout };

        await CopyNaivelyAsync(options);

        Report(proxy);
        var copied = await TextsAsync("out");
        Assert.That(copied.Distinct().Count(), Is.EqualTo(EntriesMax));
        Assert.That(copied, Has.Count.GreaterThan(EntriesMax));
    }

    private static void Report(TcpProxy proxy) => TestContext.Out.WriteLine(
        string.Join(", ", proxy.Hits.OrderBy(hit => hit.Key).Select(hit => $"{hit.Key} {hit.Value}")));

    /// <summary>Each kind of fault in turn on a random request, so that none is left out.</summary>
    private TcpProxy FaultyProxy()
    {
        var random = new Random(Seed.Next());
        var next = 0;
        return new TcpProxy(Server.Port, _ =>
        {
            lock (random)
            {
                if (random.Next(100) >= FaultPercent) return Task.FromResult(Fault.None);
                return Task.FromResult(Faults[next++ % Faults.Length]);
            }
        });
    }

    private async Task FillAsync() => await Server.CliAsync(
        "EVAL", $"for n = 0, {EntriesMax - 1} do redis.call('XADD', 'in', '*', 'text', string.format('%d', n)) end",
        "0");

    private static async Task CopyNaivelyAsync(RedisOptions options)
    {
        var done = 0;
        while (done < EntriesMax)
        {
            try
            {
                using var connection = await DataConnection.ConnectAsync(options, TimeProvider.System, Cancel);
                for (; done < EntriesMax; done = Math.Min(done + BatchCountMax, EntriesMax))
                {
                    var texts = Texts.Skip(done).Take(BatchCountMax).ToList();
                    foreach (var text in texts) connection.Commands.Command("XADD", "out", "*", "text", text);
                    await connection.SendAsync();
                    foreach (var _ in texts) DataConnection.ThrowIfError(await connection.ReceiveAsync());
                }
            }
            catch (BusUnavailableException)
            {
                // Naive: the same batch again.
            }
        }
    }
}

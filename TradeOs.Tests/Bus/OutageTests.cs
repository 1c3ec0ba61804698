using System.Collections.Immutable;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>An outage is one outage, however many connections notice it, and what it cut off comes back.</summary>
[TestFixture]
public sealed class OutageTests : RedisFixture
{
    private static readonly string[] Readers = ["one", "two", "three"];

    [Test]
    public void Log_EveryConnectionAwayAndBack_SaysItOnceEach()
    {
        var (log, lines) = NewLog();
        foreach (var reader in Readers) log.Away(reader, $"reason of {reader}.");
        log.Back("two");
        log.Away("two", "again.");
        Assert.That(log.Current!.Reason, Is.EqualTo("again."), "the newest reason is the one that holds");
        foreach (var reader in Readers) log.Back(reader);

        Assert.That(lines.Lines, Has.Count.EqualTo(2), string.Join('\n', lines.Lines));
        Assert.That(lines.Lines.First(), Does.StartWith("Warning 100: Paused: reason of one. The pipeline resumes"));
        Assert.That(lines.Lines.Last(), Does.StartWith("Information 101: Resumed: Redis at nowhere:1 answers again"));
        Assert.That(log.Current, Is.Null);
    }

    [Test]
    public void Log_OfAConnectionThatEndsForGood_IsOverWithoutAWord()
    {
        var (log, lines) = NewLog();
        log.Away("one", "reason.");
        log.Forget("one");

        Assert.That((log.Current, lines.Lines.Count), Is.EqualTo(((Outage?)null, 1)));
    }

    /// <summary>Every connection says at every look that it is there; only the end of an outage is worth a
    /// line.</summary>
    [Test]
    public void Log_OfAConnectionThatWasNeverAway_SaysNothing()
    {
        var (log, lines) = NewLog();
        log.Back("one");
        log.Away("one", "reason.");
        log.Back("two");
        var during = log.Current;
        log.Forget("two");

        Assert.That((during is null, log.Current is null), Is.EqualTo((false, false)), "one is away all the time");
        Assert.That(lines.Lines.Single(), Does.StartWith("Warning 100: Paused: reason."));
    }

    [Test]
    public void Log_OneOfTwoEndsForGood_LastsUntilTheOtherIsBack()
    {
        var (log, lines) = NewLog();
        log.Away("one", "reason.");
        log.Away("two", "reason.");
        log.Forget("one");
        var during = log.Current;
        log.Back("two");

        Assert.That((during?.Reason, log.Current), Is.EqualTo(("reason.", (Outage?)null)));
        Assert.That(lines.Lines, Has.Count.EqualTo(2), string.Join('\n', lines.Lines));
    }

    /// <summary>The second in which all resume is spent on attempts, not on waiting between them.</summary>
    [Test]
    public void WaitBetweenAttempts_IsAtMostAQuarterOfASecond() =>
        Assert.That(RedisStreamBus.BackoffMax, Is.LessThanOrEqualTo(TimeSpan.FromMilliseconds(250)));

    /// <summary>What a network that forgot a connection does: nothing is answered and nothing is closed. The timeout of
    /// a command is beyond the patience of this test, so only the host's own look can help.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task Hold_ConnectionsThatDiedWithoutAWord_AreOpenedAgain(bool withTheHosts)
    {
        var isStalling = false;
        await using var proxy = new TcpProxy(Server.Port, request => Task.FromResult(
            isStalling && (withTheHosts || request.Contains("XREAD", StringComparison.Ordinal))
                ? Fault.Stall : Fault.None));
        var options = Server.Options;
        (options.Endpoint, options.CommandTimeout) = (proxy.Endpoint, TimeSpan.FromMinutes(10));
        var lines = new LogLines<RedisStreamBus>();
        using var bus = new RedisStreamBus(
            options, ImmutableDictionary<string, StreamLimit>.Empty, new OpenGate(), "me", TimeProvider.System, lines);
        await using var host = await HostLock.TakeAsync(
            options, new OpenGate(), "me", "me", false, TimeProvider.System, Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var holding = host.HoldAsync(new OpenGate(), bus, stop.Token);
        var loop = new StageLoop(
            bus, new CopyStage(Copy(ReadMode.Group)), new LoopLimits(16, Moment), new LoopProgress("copy"));
        using var direct = NewHost();
        var step = 0;

        await RunUntilAsync(loop, async () =>
        {
            var count = (await direct.InspectReaderAsync("copy", Cancel))?.Count;
            if (step == 0 && count == 0)
            {
                (isStalling, step) = (true, 1);
            }
            else if (step == 1 && proxy.Hits.GetValueOrDefault(Fault.Stall) >= (withTheHosts ? 3 : 1))
            {
                (isStalling, step) = (false, 2);
                await AddAsync("behind the stall");
            }

            return count == 1;
        });
        await stop.CancelAsync();
        await holding;

        Assert.That(step, Is.EqualTo(2), "the stall must have hit");
        Assert.That(await TextsAsync("out"), Is.EqualTo(new[] { "behind the stall" }));
        var said = lines.Lines.Count(line => line.Contains("Paused:", StringComparison.Ordinal));
        Assert.That(said, Is.LessThanOrEqualTo(withTheHosts ? 1 : 0), string.Join('\n', lines.Lines));
    }

    private static (OutageLog Log, LogLines<OutageLog> Lines) NewLog()
    {
        var lines = new LogLines<OutageLog>();
        return (new OutageLog("nowhere:1", TimeProvider.System, lines), lines);
    }
}

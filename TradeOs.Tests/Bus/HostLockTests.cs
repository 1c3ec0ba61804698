using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>One host at a time.</summary>
[TestFixture]
public sealed class HostLockTests : RedisFixture
{
    private static readonly OpenGate Gate = new();

    [Test]
    public async Task Take_WhileAnotherHostLives_IsRefusedAndNamesIt()
    {
        await using var first = await TakeAsync("one");

        Assert.That(
            async () => await TakeAsync("two"),
            Throws.TypeOf<FencedException>().With.Message.Contains("Host one runs")
                .And.Message.Contains("--take-over"));
        Assert.That(await Server.CliAsync("HGET", RedisKeys.Host, "owner"), Is.EqualTo("owner-one"));
        Assert.That(await HoldsAsync(first), Is.True, "The refused host must leave the living one alone.");
    }

    [Test]
    public async Task Take_AfterTheOtherHostDied_IsAllowedAtOnce()
    {
        await (await TakeAsync("one")).DisposeAsync();

        await using var second = await Poll.UntilAsync(() => TryTakeAsync("two"));

        Assert.That(await HoldsAsync(second), Is.True);
    }

    /// <summary>Frozen before it opened a reader, a host knows nothing of the one that replaced it.</summary>
    [Test]
    public async Task Open_ByAHostThatHasNotThePlace_IsFencedAndMakesNothing()
    {
        await using var heir = await TakeAsync("heir");
        using var replaced = NewHost();

        Assert.That(
            async () => await replaced.OpenAsync(Copy(ReadMode.Group), Cancel),
            Throws.TypeOf<FencedException>().With.Message.Contains("copy is not opened: host heir took the place"));
        Assert.That(await Server.CliAsync("EXISTS", "in", "out", RedisKeys.Checkpoint("copy")), Is.EqualTo("0"));
    }

    [Test]
    public async Task TakeOver_OfALivingHost_StopsItFenced()
    {
        await using var first = await TakeAsync("one");
        var holding = first.HoldAsync(Gate, null, Cancel);

        await using var second = await TakeAsync("two", takeOver: true);

        Assert.That(
            async () => await holding.WaitAsync(TimeSpan.FromSeconds(60)),
            Throws.TypeOf<FencedException>().With.Message.Contains("Host two took over"));
        Assert.That(await HoldsAsync(second), Is.True);
    }

    /// <summary>Of hosts that start at once each may cut another one off several times.</summary>
    [Test]
    public async Task Take_CutOffInTheActSeveralTimes_TakesThePlace([Values] bool takeOver)
    {
        var gate = new CuttingGate(Server, cuts: 3);

        await using var host = await HostLock.TakeAsync(
            Server.Options, gate, "owner-one", "one", takeOver, TimeProvider.System, Cancel);

        Assert.That(gate.CutsLeft, Is.Zero);
        Assert.That(await HoldsAsync(host), Is.True);
    }

    [Test]
    public async Task Take_CutOffByAHostThatLives_IsRefusedAndNamesIt()
    {
        await using var first = await TakeAsync("one");
        var gate = new CuttingGate(Server, cuts: 1, spared: "tradeos:host");

        Assert.That(
            async () => await HostLock.TakeAsync(
                Server.Options, gate, "owner-two", "two", takeOver: true, TimeProvider.System, Cancel),
            Throws.TypeOf<FencedException>().With.Message.Contains("Host one runs"));
        Assert.That(gate.CutsLeft, Is.Zero);
        Assert.That(await HoldsAsync(first), Is.True);
    }

    [Test]
    public async Task Hold_RedisRestarts_TakesItsPlaceAgain()
    {
        await using var first = await TakeAsync("one");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var holding = first.HoldAsync(Gate, null, stop.Token);

        await Server.RestartAsync();
        await Poll.UntilAsync(async () => await Server.CliAsync("HGET", RedisKeys.Host, "epoch") == "2");

        Assert.That(
            async () => await TakeAsync("two"),
            Throws.TypeOf<FencedException>().With.Message.Contains("Host one runs"));
        await stop.CancelAsync();
        await holding;
    }

    [Test]
    public async Task Hold_RedisRestartsAndAnotherHostIsFirst_IsFenced()
    {
        await using var first = await TakeAsync("one");
        await Server.RestartAsync();
        await using var second = await TakeAsync("two");

        Assert.That(
            async () => await first.HoldAsync(Gate, null, Cancel).WaitAsync(TimeSpan.FromSeconds(60)),
            Throws.TypeOf<FencedException>().With.Message.Contains("Host two took over"));
    }

    [Test]
    public async Task Hold_StoppedWhileItTakesItsPlaceAgain_EndsQuietly()
    {
        await using var first = await TakeAsync("one");
        await Server.CliAsync("CLIENT", "KILL", "TYPE", "normal");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var gate = new WaitingGate();
        var holding = first.HoldAsync(gate, null, stop.Token);
        await gate.Reached;

        await stop.CancelAsync();

        Assert.That(async () => await holding.WaitAsync(TimeSpan.FromSeconds(60)), Throws.Nothing);
    }

    private static async Task<bool> HoldsAsync(HostLock host)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var holding = host.HoldAsync(Gate, null, stop.Token);
        await Task.WhenAny(holding, Task.Delay(TimeSpan.FromMilliseconds(1200), Cancel));
        await stop.CancelAsync();
        await holding;
        return true;
    }

    private async Task<HostLock?> TryTakeAsync(string name)
    {
        try
        {
            return await TakeAsync(name);
        }
        catch (FencedException)
        {
            return null;
        }
    }

    private Task<HostLock> TakeAsync(string name, bool takeOver = false) => HostLock.TakeAsync(
        Server.Options, Gate, "owner-" + name, name, takeOver, TimeProvider.System, Cancel);

    /// <summary>Lets nobody in, and says when somebody asked.</summary>
    private sealed class WaitingGate : IServerGate
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public Task AdmitAsync(string runId, CancellationToken cancellationToken)
        {
            _reached.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    /// <summary>Kills every connection but those of one name, the first times that it is asked.</summary>
    private sealed class CuttingGate(TestRedis server, int cuts, string? spared = null) : IServerGate
    {
        public int CutsLeft { get; private set; } = cuts;

        public async Task AdmitAsync(string runId, CancellationToken cancellationToken)
        {
            if (CutsLeft == 0) return;
            CutsLeft--;
            foreach (var line in (await server.CliAsync("CLIENT", "LIST", "TYPE", "normal")).Split('\n'))
            {
                var words = line.Split(' ');
                if (spared is null || !words.Contains("name=" + spared))
                    await server.CliAsync("CLIENT", "KILL", "ID", words[0]["id=".Length..]);
            }
        }
    }
}

using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>What may happen between two steps of an opening, made to happen there.</summary>
[TestFixture]
public sealed class OpeningRaceTests : RedisFixture
{
    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Open_AnotherHostOpensBeforeTheLastStep_StartsOverAndCutsItOff(ReadMode mode)
    {
        using var other = NewHost();
        await (await other.OpenAsync(Copy(mode), Cancel)).DisposeAsync();
        IStreamReader? between = null;
        await using var proxy = ProxyBefore("MULTI", async () => between = await other.OpenAsync(Copy(mode), Cancel));
        using var bus = NewHost(options => options.Endpoint = proxy.Endpoint);

        await using var reader = await bus.OpenAsync(Copy(mode), Cancel);
        await AddAsync("a");

        Assert.That(
            async () => await between!.ReadAsync(1, Moment, Cancel), Throws.TypeOf<BusUnavailableException>(),
            "Two connections live, and the older one takes entries.");
        Assert.That(await Server.CliAsync("HGET", RedisKeys.Checkpoint("copy"), "epoch"), Is.EqualTo("3"));
        Assert.That(await reader.CommitAsync(await CopyOfAllAsync(reader), Cancel), Is.EqualTo(CommitResult.Committed));
        await between!.DisposeAsync();
    }

    [Test]
    public async Task Open_InputTrimmedWhileTheReaderIsMade_CountsFromWhatIsLeft()
    {
        await AddAsync("a", "b", "c");
        await using var proxy = ProxyBefore("MULTI", () => Server.CliAsync("XTRIM", "in", "MAXLEN", "1"));
        using var bus = NewHost(options => options.Endpoint = proxy.Endpoint);

        await using var reader = await bus.OpenAsync(Copy(ReadMode.Offset), Cancel);

        Assert.That(reader.Checkpoint.Count, Is.EqualTo(2));
    }

    /// <summary>A slow network: the answer says how the stream was, and by the time it is here more was seen in
    /// it.</summary>
    [Test]
    public async Task Open_AnOutputGrowsWhileTheAnswerIsOnItsWay_IsNotTakenForSetBack()
    {
        using var before = NewHost();
        await (await before.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        await Server.CliAsync("XADD", "out", "1-0", "text", "a");
        RedisStreamBus? bus = null;
        var grown = 0;
        await using var proxy = new TcpProxy(Server.Port, _ => Task.FromResult(Fault.None))
        {
            Answering = async request =>
            {
                if (!request.Contains("XINFO\r\n$6\r\nSTREAM\r\n$3\r\nout", StringComparison.Ordinal)
                    || Interlocked.Exchange(ref grown, 1) == 1) return;
                await Server.CliAsync("XADD", "out", "2-0", "text", "b");
                bus!.Memory.Note("out", new StreamMark(2, EntryId.Parse("2-0")));
            },
        };
        using var opening = bus = NewHost(options => options.Endpoint = proxy.Endpoint);

        await using var reader = await bus.OpenAsync(Copy(ReadMode.Offset), Cancel);

        Assert.That(grown, Is.EqualTo(1));
        Assert.That(reader.Checkpoint.Count, Is.Zero);
    }

    /// <summary>Nothing had ever been trimmed when the stream was asked for, and a moment later something is.</summary>
    [Test]
    public async Task Open_AnOutputTrimmedForTheFirstTimeBetweenTwoSteps_IsNotTakenForMadeAnew()
    {
        using (var before = NewHost())
        {
            await using var writer = await before.OpenAsync(Copy(ReadMode.Offset), Cancel);
            await AddAsync("a");
            await writer.CommitAsync(await CopyOfAllAsync(writer), Cancel);
        }

        await using var proxy = ProxyBefore(
            "XRANGE\r\n$3\r\nout", () => Server.CliAsync("XTRIM", "out", "MAXLEN", "0"));
        using var bus = NewHost(options => options.Endpoint = proxy.Endpoint);

        await using var reader = await bus.OpenAsync(Copy(ReadMode.Offset), Cancel);

        Assert.That(await Server.CliAsync("XLEN", "out"), Is.EqualTo("0"));
        Assert.That(reader.Checkpoint.Count, Is.EqualTo(1));
    }

    [TestCase("SISMEMBER", "tradeos:readers")]
    [TestCase("HMGET", "tradeos:checkpoint:copy")]
    [TestCase("MULTI", "tradeos:checkpoint:copy")]
    [TestCase("HGETALL", "tradeos:state:copy")]
    [TestCase("XAUTOCLAIM", "in")]
    [TestCase("XPENDING", "in")]
    public async Task Open_AKeyBecomesAnotherTypeBetweenTwoSteps_IsDamagedAndNamed(string command, string key)
    {
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Group), Cancel)).DisposeAsync();
        await using var proxy = ProxyBefore(command, () => Server.CliAsync("SET", key, "x"));
        using var next = NewHost(options => options.Endpoint = proxy.Endpoint);

        Assert.That(
            async () => await next.OpenAsync(Copy(ReadMode.Group), Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.StartsWith(key)
                .And.Message.Contains("tradeos doctor"));
    }

    [Test]
    public async Task Open_AfterARestart_LeavesTheConnectionAloneThatHasTheOldOnesNumberNow()
    {
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        using var innocent = await DataConnection.ConnectAsync(Server.Options, TimeProvider.System, Cancel);
        var number = (await innocent.AskAsync("CLIENT", "ID")).Integer().ToString(CultureInfo.InvariantCulture);
        await Server.CliAsync(
            "HSET", RedisKeys.Checkpoint("copy"), "client", number, "run_id", "of-the-process-before");

        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();

        Assert.That((await innocent.AskAsync("PING")).Line(), Is.EqualTo("PONG"));
    }

    /// <summary>Does something once, before the first request that holds the command reaches the server.</summary>
    private TcpProxy ProxyBefore(string command, Func<Task> once)
    {
        var isDone = false;
        return new TcpProxy(Server.Port, async request =>
        {
            if (isDone || !request.Contains(command, StringComparison.Ordinal)) return Fault.None;
            isDone = true;
            await once();
            return Fault.None;
        });
    }
}

using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>A host that was stopped in the middle and goes on after another one opened its reader.</summary>
[TestFixture]
public sealed class ZombieTests : RedisFixture
{
    private const int RoundsMax = 50;

    [Test]
    public async Task Commit_HeldBackUntilAnotherHostOpened_NeverLandsAndTakesNoEntries()
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            await EmptyServerAsync();
            var held = new Hold();
            await using var proxy = new TcpProxy(Server.Port, held.DecideAsync);
            using var zombie = NewHost(options => options.Endpoint = proxy.Endpoint);
            using var heir = NewHost();
            await using var first = await zombie.OpenAsync(Copy(ReadMode.Group), Cancel);
            await AddAsync("a");
            var batch = await CopyOfAllAsync(first);
            await AddAsync("b");

            var commit = first.CommitAsync(batch, Cancel).AsTask();
            await held.Reached;
            await using var second = await heir.OpenAsync(Copy(ReadMode.Group), Cancel);
            held.Release();
            var landed = await HasLandedAsync(commit);

            Assert.That(landed, Is.False, $"round {round}");
            Assert.That(await TextsAsync("out"), Is.Empty);
            Assert.That(
                await second.CommitAsync(await CopyOfAllAsync(second), Cancel), Is.EqualTo(CommitResult.Committed));
            Assert.That(await TextsAsync("out"), Is.EqualTo(["a", "b"]));
        }
    }

    /// <summary>Lets go at a random moment of the other's opening: whoever is first, each entry is copied
    /// once.</summary>
    [TestCase(ReadMode.Offset)]
    [TestCase(ReadMode.Group)]
    public async Task Commit_LetGoWhileAnotherHostOpens_LandsWholeOrNotAtAll(ReadMode mode)
    {
        var random = new Random(Seed.Next());
        var landed = 0;
        for (var round = 0; round < RoundsMax; round++)
        {
            await EmptyServerAsync();
            var held = new Hold();
            var steps = random.Next(16);
            await using var proxy = new TcpProxy(Server.Port, held.DecideAsync);
            await using var heirs = new TcpProxy(Server.Port, _ =>
            {
                if (steps-- == 0) held.Release();
                return Task.FromResult(Fault.None);
            });
            using var zombie = NewHost(options => options.Endpoint = proxy.Endpoint);
            using var heir = NewHost(options => options.Endpoint = heirs.Endpoint);
            await using var first = await zombie.OpenAsync(Copy(mode), Cancel);
            await AddAsync("a", "b", "c");
            var batch = await CopyOfAllAsync(first);
            await AddAsync("d");

            var commit = first.CommitAsync(batch, Cancel).AsTask();
            await held.Reached;
            await using var second = await heir.OpenAsync(Copy(mode), Cancel);
            held.Release();
            if (await HasLandedAsync(commit)) landed++;
            await second.CommitAsync(await CopyOfAllAsync(second), Cancel);

            Assert.That(await TextsAsync("out"), Is.EqualTo(["a", "b", "c", "d"]), $"round {round}");
        }

        TestContext.Out.WriteLine($"{landed} of {RoundsMax} landed before the other opened.");
    }

    /// <summary>The control: without the kill, by raw commands, the read behind the zombie's commit takes the
    /// entry.</summary>
    [Test]
    public async Task Fence_WithoutTheKill_LetsTheZombieTakeEntries()
    {
        var held = new Hold();
        await using var proxy = new TcpProxy(Server.Port, held.DecideAsync);
        using var zombie = NewHost(options => options.Endpoint = proxy.Endpoint);
        await using var first = await zombie.OpenAsync(Copy(ReadMode.Group), Cancel);
        await AddAsync("a");
        var batch = await CopyOfAllAsync(first);
        await AddAsync("b");

        var commit = first.CommitAsync(batch, Cancel).AsTask();
        await held.Reached;
        await Server.CliAsync("HSET", RedisKeys.Checkpoint("copy"), "epoch", "2", "owner", "heir");
        held.Release();

        Assert.That(await commit, Is.EqualTo(CommitResult.Fenced));
        Assert.That(await Server.CliAsync("XPENDING", "in", "copy"), Does.StartWith("2\n"));
        Assert.That(
            await Server.CliAsync("XREADGROUP", "GROUP", "copy", "heir", "STREAMS", "in", ">"),
            Is.Empty.Or.EqualTo("\n"));
    }

    /// <summary>A host cut off just before the other stands in the checkpoint knows only that its connection is
    /// gone.</summary>
    private static async Task<bool> HasLandedAsync(Task<CommitResult> commit)
    {
        try
        {
            var result = await commit;
            Assert.That(result, Is.EqualTo(CommitResult.Committed).Or.EqualTo(CommitResult.Fenced));
            return result == CommitResult.Committed;
        }
        catch (BusUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Keeps the first commit back until it is told to let go.</summary>
    private sealed class Hold
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Release() => _release.TrySetResult();

        public async Task<Fault> DecideAsync(string request)
        {
            if (!request.Contains("EVALSHA", StringComparison.Ordinal)) return Fault.None;
            _reached.TrySetResult();
            await _release.Task;
            return Fault.None;
        }
    }
}

using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Durability;

/// <summary>The rewrite after a restart.</summary>
public sealed class AofSealTests
{
    private RedisServerProcess _server = null!;
    private ControlConnection _connection = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await RedisServerProcess.StartAsync();
        _connection = await ControlConnection.ConnectAsync(_server.Options, default);
    }

    [TearDown]
    public async Task Stop()
    {
        _connection?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public async Task Seal_OfARunNotSealed_RewritesOnceAndRemembersTheRun()
    {
        var runId = await RunIdAsync();

        var first = await SealAsync(runId);
        var second = await SealAsync(runId);

        Assert.That((first, second), Is.EqualTo((true, false)));
        Assert.That(await FieldAsync("aof_rewrites"), Is.EqualTo("1"));
        Assert.That(await FieldAsync("aof_rewrite_in_progress"), Is.EqualTo("0"));
        Assert.That(await _server.CliAsync("GET", RedisKeys.Sealed), Is.EqualTo(runId));
    }

    [Test]
    public async Task Seal_AfterARestart_RewritesAgain()
    {
        var before = await RunIdAsync();
        await SealAsync(before);
        await _server.RestartAsync();
        _connection.Dispose();
        _connection = await ControlConnection.ConnectAsync(_server.Options, default);
        var after = await RunIdAsync();

        var rewritten = await SealAsync(after);

        Assert.That(after, Is.Not.EqualTo(before));
        Assert.That(rewritten, Is.True);
        Assert.That(await FieldAsync("aof_rewrites"), Is.EqualTo("1"));
    }

    [Test]
    public async Task Seal_WhileARewriteRuns_WaitsForItAndMakesAnother()
    {
        await FillAsync();
        await _server.CliAsync("BGREWRITEAOF");
        Assert.That(await FieldAsync("aof_rewrite_in_progress"), Is.EqualTo("1"), "it lasts");

        await SealAsync(await RunIdAsync());

        Assert.That(await FieldAsync("aof_rewrites"), Is.EqualTo("2"));
        Assert.That(await FieldAsync("aof_rewrite_in_progress"), Is.EqualTo("0"));
    }

    [Test]
    public async Task Seal_WhileASnapshotRuns_WaitsForTheScheduledRewrite()
    {
        await FillAsync();
        await _server.CliAsync("BGSAVE");

        await SealAsync(await RunIdAsync());

        Assert.That(await FieldAsync("aof_rewrites"), Is.EqualTo("1"));
        Assert.That(await FieldAsync("aof_rewrite_scheduled"), Is.EqualTo("0"));
        Assert.That(await FieldAsync("aof_rewrite_in_progress"), Is.EqualTo("0"));
    }

    [Test]
    public async Task Seal_WhenTheRewriteFails_IsRefusedAndNotRemembered()
    {
        await BrokenRewrite.MakeAsync(_server);

        var error = Assert.ThrowsAsync<RefusedException>(async () => await SealAsync(await RunIdAsync()));

        Assert.That(error!.Message, Does.Contain(_server.Endpoint).And
            .Contain("aof_last_bgrewrite_status:err, expected ok").And.Contain("Look into its log"));
        Assert.That(await _server.CliAsync("EXISTS", RedisKeys.Sealed), Is.EqualTo("0"));
    }

    [Test]
    public void Seal_OfAnotherRun_IsUnavailable()
    {
        var error = Assert.ThrowsAsync<BusUnavailableException>(() => SealAsync("another"));

        Assert.That(error!.Message, Does.Contain("changed while it was examined").And.Contain("expected another"));
    }

    [Test]
    public async Task Seal_ThatTakesTooLong_IsRefusedAndSaysWhatItWaitedFor()
    {
        await FillAsync();
        var runId = await RunIdAsync();
        await _server.CliAsync("BGREWRITEAOF");

        var error = Assert.ThrowsAsync<RefusedException>(
            () => new AofSeal(_connection, new HastyTime()).SealAsync(runId, default));

        Assert.That(error!.Message, Does.Contain("waited 10 minutes").And.Contain("aof_rewrites:1")
            .And.Contain("one running or scheduled").And.Contain("then start again"));
    }

    private Task<bool> SealAsync(string runId) =>
        new AofSeal(_connection, TimeProvider.System).SealAsync(runId, default);

    private async Task<string> RunIdAsync() => (await _connection.InfoAsync("server"))["run_id"];

    private async Task<string> FieldAsync(string field) => (await _connection.InfoAsync("persistence"))[field];

    /// <summary>Enough that a snapshot or a rewrite lasts: the child sleeps after each key.</summary>
    private async Task FillAsync()
    {
        await _server.CliAsync("DEBUG", "POPULATE", "2000");
        await _server.CliAsync("CONFIG", "SET", "rdb-key-save-delay", 500.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A clock by which half an hour passes between any two looks.</summary>
    private sealed class HastyTime : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * 1800;
    }
}

using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Durability;

/// <summary>What the gate asks of a server, and in which order.</summary>
public sealed class ServerGateTests
{
    private readonly CountingIdentity _identity = new();
    private readonly LogLines<ServerGate> _log = new();

    [Test]
    public async Task Admit_ADurableExternalServer_VerifiesAndSealsItOnce()
    {
        await using var server = await RedisServerProcess.StartAsync();
        var runId = await RunIdAsync(server);
        using var gate = Gate(server.Options, isManaged: false);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => gate.AdmitAsync(runId, default)));

        Assert.That(_identity.Verified, Is.EqualTo(1));
        Assert.That(await server.CliAsync("INFO", "persistence"), Does.Contain("aof_rewrites:1"));
        Assert.That(_log.Lines.Single(), Does.StartWith("Information 151: ").And.Contain(runId));
    }

    [Test]
    public async Task Admit_AManagedServer_DoesNotSealIt()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var gate = Gate(server.Options, isManaged: true);

        await gate.AdmitAsync(await RunIdAsync(server), default);

        Assert.That(_identity.Verified, Is.EqualTo(1));
        Assert.That(await server.CliAsync("INFO", "persistence"), Does.Contain("aof_rewrites:0"));
    }

    [Test]
    public async Task Admit_ARestartedServer_ExaminesItAgain()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var gate = Gate(server.Options, isManaged: false);
        await gate.AdmitAsync(await RunIdAsync(server), default);
        await server.RestartAsync();

        await gate.AdmitAsync(await RunIdAsync(server), default);

        Assert.That(_identity.Verified, Is.EqualTo(2));
    }

    [Test]
    public async Task Admit_ASettingChangedWhileItRuns_IsFoundAtTheNextReconnect()
    {
        await using var server = await RedisServerProcess.StartAsync();
        var runId = await RunIdAsync(server);
        var time = new MovableTime();
        using var gate = new ServerGate(server.Options, isManaged: false, _identity, time, _log);
        await gate.AdmitAsync(runId, default);
        await server.CliAsync("CONFIG", "SET", "appendfsync", "everysec");

        await gate.AdmitAsync(runId, default);
        time.Passed = TimeSpan.FromSeconds(2);
        var error = Assert.ThrowsAsync<RefusedException>(() => gate.AdmitAsync(runId, default));

        Assert.That(_identity.Verified, Is.EqualTo(1), "readers of one reconnect share an examination");
        Assert.That(error!.Message, Does.Contain("appendfsync is \"everysec\", expected always"));
    }

    /// <summary>It takes no seal, and is waited for as a commit waits.</summary>
    [Test]
    public async Task Admit_AServerAtItsMaxmemory_IsUnavailable()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var gate = Gate(server.Options, isManaged: false);
        await server.CliAsync("CONFIG", "SET", "maxmemory", "1");

        Assert.That(
            async () => await gate.AdmitAsync(await RunIdAsync(server), default),
            Throws.TypeOf<BusUnavailableException>().With.Message.Contains("OOM"));
    }

    [Test]
    public async Task Admit_ARunThatIsGone_IsUnavailable()
    {
        await using var server = await RedisServerProcess.StartAsync();
        var before = await RunIdAsync(server);
        await server.RestartAsync();
        using var gate = Gate(server.Options, isManaged: false);

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => gate.AdmitAsync(before, default));

        Assert.That(error!.Message, Does.Contain("expected " + before).And.Contain("it is examined again"));
        Assert.That(_identity.Verified, Is.Zero);
    }

    [Test]
    public async Task Admit_AServerThatLosesData_IsRefusedWithEveryFindingAndNothingIsWritten()
    {
        await using var server = await RedisServerProcess.StartAsync(
            "--appendfsync", "everysec", "--maxmemory-policy", "allkeys-lru", "--save", "3600 1");
        using var gate = Gate(server.Options, isManaged: false);
        var runId = await RunIdAsync(server);

        var error = Assert.ThrowsAsync<RefusedException>(() => gate.AdmitAsync(runId, default));

        Assert.That(error!.Message, Does.StartWith($"Redis at {server.Endpoint} is not safe to trade on:\n"));
        Assert.That(error.Message.Split('\n'), Has.Length.EqualTo(5));
        Assert.That(error.Message, Does.Contain("  appendfsync is \"everysec\", expected always: Run `CONFIG SET")
            .And.Contain("  maxmemory-policy is").And.Contain("  save is").And.Contain("AllowRelaxedDurability=true"));
        Assert.That(_identity.Verified, Is.Zero);
        Assert.That(await server.CliAsync("DBSIZE"), Is.EqualTo("0"));
    }

    [Test]
    public async Task Admit_WithRelaxedDurability_LogsEachFindingAndGoesOn()
    {
        await using var server = await RedisServerProcess.StartAsync("--appendonly", "no");
        var options = server.Options;
        options.AllowRelaxedDurability = true;
        using var gate = Gate(options, isManaged: false);

        await gate.AdmitAsync(await RunIdAsync(server), default);

        Assert.That(_identity.Verified, Is.EqualTo(1));
        Assert.That(_log.Lines, Has.Count.EqualTo(2));
        Assert.That(_log.Lines, Has.All.StartsWith("Warning 150: Redis at " + server.Endpoint));
        Assert.That(_log.Lines, Has.Some.Contains("appendonly is \"no\", expected yes"));
    }

    [Test]
    public async Task Admit_AServerThatIsNotOurs_IsRefusedBeforeItIsRewritten()
    {
        await using var server = await RedisServerProcess.StartAsync();
        _identity.Refusal = new RefusedException("not ours");
        using var gate = Gate(server.Options, isManaged: false);
        var runId = await RunIdAsync(server);

        Assert.ThrowsAsync<RefusedException>(() => gate.AdmitAsync(runId, default));

        Assert.That(await server.CliAsync("INFO", "persistence"), Does.Contain("aof_rewrites:0"));
        Assert.That(await server.CliAsync("DBSIZE"), Is.EqualTo("0"));
    }

    [Test]
    public async Task Admit_WhereARewriteIsNotPermitted_IsRefusedAndNamesThePermission()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.CliAsync("ACL", "SETUSER", "default", "-bgrewriteaof");
        using var gate = Gate(server.Options, isManaged: false);
        var runId = await RunIdAsync(server);

        var error = Assert.ThrowsAsync<RefusedException>(() => gate.AdmitAsync(runId, default));

        Assert.That(error!.Message, Does.Contain("NOPERM").And.Contain("Permit it: ACL SETUSER default +bgrewriteaof"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Admit_WhereACommitIsNotPermitted_IsRefusedBeforeAnythingIsWritten(bool relaxed)
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.CliAsync("ACL", "SETUSER", "default", "-evalsha");
        var options = server.Options;
        options.AllowRelaxedDurability = relaxed;
        using var gate = new ServerGate(options, isManaged: false, _identity, TimeProvider.System, _log)
        {
            Needed = RedisPermissions.Needed(["fills"]),
        };
        var runId = await RunIdAsync(server);

        var error = Assert.ThrowsAsync<RefusedException>(() => gate.AdmitAsync(runId, default));

        Assert.That(error!.Message, Does.StartWith($"Redis at {server.Endpoint} does not let us work:\n"));
        Assert.That(error.Message, Does.Contain("'evalsha' command\", expected +evalsha permitted: As an administrator")
            .And.EndsWith("Cure each of them, then start again."));
        Assert.That(_identity.Verified, Is.Zero);
        Assert.That(await server.CliAsync("DBSIZE"), Is.EqualTo("0"));
    }

    [SetUp]
    public void Forget() => (_identity.Verified, _identity.Refusal) = (0, null);

    [TearDown]
    public void ForgetLines() => _log.Clear();

    private ServerGate Gate(RedisOptions options, bool isManaged) =>
        new(options, isManaged, _identity, TimeProvider.System, _log);

    private static async Task<string> RunIdAsync(RedisServerProcess server)
    {
        using var connection = await ControlConnection.ConnectAsync(server.Options, default);
        return (await connection.InfoAsync("server"))["run_id"];
    }

    private sealed class MovableTime : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long GetTimestamp() =>
            base.GetTimestamp() + (Passed.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond);
    }

    private sealed class CountingIdentity : IInstanceIdentity
    {
        public int Verified { get; set; }

        public RefusedException? Refusal { get; set; }

        public Task VerifyAsync(ControlConnection connection, CancellationToken cancellationToken)
        {
            if (Refusal is not null) throw Refusal;
            Verified++;
            return Task.CompletedTask;
        }
    }
}

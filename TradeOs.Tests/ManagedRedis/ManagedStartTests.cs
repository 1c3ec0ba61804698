using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.ManagedServers;

/// <summary>Who starts a server, when, and who stops it.</summary>
public sealed class ManagedStartTests
{
    private ManagedHost _host = null!;

    [SetUp]
    public void Create() => _host = new ManagedHost();

    [TearDown]
    public async Task Remove() => await _host.DisposeAsync();

    [Test]
    public async Task Start_OnAnEmptyDirectory_StartsADurableServerAndStopsItAtTheEnd()
    {
        var server = await _host.StartAsync();
        using (var connection = await ControlConnection.ConnectAsync(_host.Options, default))
        {
            Assert.That(await DurabilityCheck.ExamineAsync(connection), Is.Empty);
            Assert.That(await connection.ConfigAsync("aof-load-truncated"), Is.EqualTo("no"));
        }

        var id = _host.ProcessId;
        await server.DisposeAsync();

        Assert.That((server.IsManaged, _host.ProcessId), Is.EqualTo((true, (int?)null)));
        Assert.That(_host.Log.Lines, Is.EqualTo(new[]
        {
            $"Information 342: Managed Redis, process {id}, started at {_host.Options.Endpoint}, " +
            $"data in {_host.Paths.Directory}.",
            $"Information 346: Managed Redis, process {id}, stopped.",
        }));
    }

    [Test]
    public async Task Start_IsInASessionOfItsOwn()
    {
        await using var server = await _host.StartAsync();

        var stat = await File.ReadAllTextAsync($"/proc/{_host.ProcessId}/stat");

        var session = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3];
        Assert.That(session, Is.Not.EqualTo((await File.ReadAllTextAsync("/proc/self/stat")).Split(' ')[5]));
    }

    [Test]
    public async Task Start_WithAPassword_AsksForItAndKeepsItFromOtherUsers()
    {
        _host.Options.Password = "with \"quotes\" and \\";

        await using var server = await _host.StartAsync();

        Assert.That(await _host.AskAsync("PING"), Is.EqualTo("PONG"));
        var stranger = new RedisOptions { Endpoint = _host.Options.Endpoint };
        Assert.ThrowsAsync<RefusedException>(() => ControlConnection.ConnectAsync(stranger, default));
        if (OperatingSystem.IsWindows()) return;
        Assert.That(File.GetUnixFileMode(_host.Paths.Configuration),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [TestCase(RedisMode.Managed)]
    [TestCase(RedisMode.Auto)]
    public async Task Start_AgainAfterAStop_FindsWhatWasWritten(RedisMode mode)
    {
        _host.Options.Mode = mode;
        await using (await _host.StartAsync()) await _host.AskAsync("SET", "a", "b");

        await using var again = await _host.StartAsync();

        Assert.That(await _host.AskAsync("GET", "a"), Is.EqualTo("b"));
    }

    [TestCase(RedisMode.Managed)]
    [TestCase(RedisMode.Auto)]
    public async Task Start_WhileAServerOfAKilledHostRuns_AttachesAndStopsIt(RedisMode mode)
    {
        _host.Options.Mode = mode;
        await (await _host.StartAsync()).LeaveRunningAsync();
        var id = _host.ProcessId;
        Assert.That(id, Is.Not.Null);

        var second = await _host.StartAsync();

        Assert.That((second.IsManaged, _host.ProcessId), Is.EqualTo((true, id)));
        Assert.That(_host.Log.Lines.Last(), Does.StartWith("Information 343: Attached").And.Contain($"process {id},"));
        await second.DisposeAsync();
        Assert.That(_host.ProcessId, Is.Null);
    }

    [Test]
    public async Task Start_OfTwoHostsAtOnce_StartsOneServer()
    {
        var servers = await Task.WhenAll(_host.StartAsync(), _host.StartAsync(), _host.StartAsync());

        Assert.That(_host.LogCount(342), Is.EqualTo(1));
        Assert.That(_host.LogCount(343), Is.EqualTo(2));
        foreach (var server in servers.Skip(1)) await server.LeaveRunningAsync();
        await servers[0].DisposeAsync();
    }

    [Test]
    public async Task Start_WhereSomethingElseListens_IsRefusedAndLeavesItAlone()
    {
        await using var other = await RedisServerProcess.StartAsync();
        _host.Options.Endpoint = other.Endpoint;

        var error = Assert.ThrowsAsync<RefusedException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain("is not the managed one").And.Contain(other.Directory).And
            .Contain(_host.Paths.Directory).And.Contain($"Stop it (process {other.ProcessId})"));
        Assert.That(await other.CliAsync("PING"), Is.EqualTo("PONG"));
    }

    [Test]
    public async Task Start_OnAnotherPortWhileTheServerRuns_IsRefused()
    {
        await (await _host.StartAsync()).LeaveRunningAsync();
        var id = _host.ProcessId;
        _host.Options.Endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}";

        var error = Assert.ThrowsAsync<RefusedException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain($"process {id}, runs in {_host.Paths.Directory}").And
            .Contain($"kill {id}"));
    }

    [Test]
    public void Start_OfABinaryThatFails_IsRefusedAndSaysHow()
    {
        _host.Options.ServerPath = "/bin/false";

        var error = Assert.ThrowsAsync<RefusedException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.StartWith("/bin/false did not start").And
            .Contain("exit code 1, expected 0").And.Contain("Set Redis:ServerPath"));
    }

    [Test]
    public void Start_WithoutABinary_IsRefused()
    {
        _host.Options.ServerPath = "/nowhere/redis-server";

        var error = Assert.ThrowsAsync<RefusedException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain("/nowhere/redis-server").And.Contain("apt-get install"));
    }

    [Test]
    public async Task Start_ThatCannotWriteItsFiles_IsUnavailableAndEndsWithTheServersLog()
    {
        Directory.CreateDirectory(_host.Paths.Directory);
        await File.WriteAllTextAsync(_host.Paths.AppendOnly, "in the way");

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain("is not ready at " + _host.Options.Endpoint).And
            .Contain("Its log ends:").And.Contain("Can't open or create append-only dir"));
    }
}

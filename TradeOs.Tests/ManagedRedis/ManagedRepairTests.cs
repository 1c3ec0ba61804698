using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.ManagedServers;

/// <summary>A server that dies, and files that a crash has torn.</summary>
public sealed class ManagedRepairTests
{
    private const string Commit = "redis.call('SET', KEYS[1], 1) redis.call('SET', KEYS[2], 1)";

    private ManagedHost _host = null!;
    private RedisServerProcess? _stranger;

    [SetUp]
    public void Create() => _host = new ManagedHost();

    [TearDown]
    public async Task Remove()
    {
        if (_stranger is not null) await _stranger.DisposeAsync();
        _stranger = null;
        await _host.DisposeAsync();
    }

    [Test]
    public async Task Server_KilledTwice_IsStartedAgainWithItsDataAndSaysSoOnceEach()
    {
        await using var server = await _host.StartAsync();
        for (var death = 1; death <= 2; death++)
        {
            await _host.AskAsync("SET", "death", death);
            await _host.KillServerAsync();
            var started = death + 1;
            await Poll.UntilAsync(() => Task.FromResult(_host.LogCount(342) == started));

            Assert.That(await _host.AskAsync("GET", "death"), Is.EqualTo($"{death}"));
            Assert.That(_host.LogCount(344), Is.EqualTo(death));
        }

        Assert.That(server.Completion.IsCompleted, Is.False);
    }

    [Test]
    public async Task Server_ReplacedByAnotherAfterItsDeath_EndsTheWatchWithARefusal()
    {
        await using var server = await _host.StartAsync();
        var port = _host.Options.Endpoint.Split(':')[1];

        // The start lock is held, so that the stranger and not the watch takes the port.
        await using (new FileStream(_host.Paths.StartLock, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await _host.KillServerAsync();
            _stranger = await RedisServerProcess.StartAsync("--port", port);
        }

        Assert.ThrowsAsync<RefusedException>(() => server.Completion);
    }

    [Test]
    public async Task Start_OnATornTail_CutsItSaysSoAndKeepsEverythingAcknowledgedThroughTwoRestarts()
    {
        await using (await _host.StartAsync()) await CommitAsync("before", "torn");
        var file = _host.LastAppendOnlyFile();
        await TearAsync(file);

        await using (await _host.StartAsync())
        {
            Assert.That(await _host.AskAsync("GET", "before"), Is.EqualTo("1"));
            Assert.That(await _host.AskAsync("GET", "torn"), Is.Null);
            await CommitAsync("after");
            await _host.AskAsync("SET", "plain", 1);
        }

        await using (await _host.StartAsync())
        {
            Assert.That(await _host.AskAsync("GET", "before"), Is.EqualTo("1"));
            Assert.That(await _host.AskAsync("GET", "after"), Is.EqualTo("1"));
            Assert.That(await _host.AskAsync("GET", "plain"), Is.EqualTo("1"));
        }

        var said = _host.Log.Lines.Single(line => line.StartsWith("Warning 345: ", StringComparison.Ordinal));
        Assert.That(said, Does.Contain(file).And.Match("cut [0-9]+ bytes of an unfinished write"));
    }

    [Test]
    public async Task Control_WithoutTheRepair_AStrictServerRefusesTheTornTail()
    {
        await using (await _host.StartAsync()) await CommitAsync("before", "torn");
        await TearAsync(_host.LastAppendOnlyFile());

        using var server = Process.Start("redis-server", [_host.Paths.Configuration, "--daemonize", "no"])!;
        await server.WaitForExitAsync();

        Assert.That(server.ExitCode, Is.EqualTo(1));
        Assert.That(_host.Paths.LogTail(), Does.Contain("Unexpected end of file reading the append only file"));
    }

    [Test]
    public async Task Control_WithoutTheRepair_ALenientServerLosesAcknowledgedWritesAtTheSecondRestart()
    {
        await using (await _host.StartAsync()) await CommitAsync("before", "torn");
        await TearAsync(_host.LastAppendOnlyFile());
        await using var server = await RedisServerProcess.StartAsync("--aof-load-truncated", "yes");
        await server.KillAsync();
        CopyAppendOnly(server.Directory);
        await server.StartAgainAsync();
        Assert.That(await server.CliAsync("SET", "after", "1"), Is.EqualTo("OK"), "it was acknowledged");

        await server.RestartAsync();

        Assert.That(await server.CliAsync("GET", "before"), Is.EqualTo("1"));
        Assert.That(await server.CliAsync("GET", "after"), Is.Empty, "and it is gone");
    }

    [Test]
    public async Task Start_OnATornFileThatIsNotTheLast_RepairsIt()
    {
        await using (await _host.StartAsync()) await CommitAsync("before", "torn");
        var torn = _host.LastAppendOnlyFile();
        await TearAsync(torn);
        var number = int.Parse(torn.Split('.')[^3], CultureInfo.InvariantCulture) + 1;
        var next = $"appendonly.aof.{number}.incr.aof";
        await File.WriteAllTextAsync(
            Path.Combine(_host.Paths.AppendOnly, next), "*3\r\n$3\r\nSET\r\n$5\r\nafter\r\n$1\r\n1\r\n");
        await File.AppendAllTextAsync(_host.Paths.Manifest, $"file {next} seq {number} type i\n");

        await using var server = await _host.StartAsync();

        Assert.That(await _host.AskAsync("GET", "before"), Is.EqualTo("1"));
        Assert.That(await _host.AskAsync("GET", "after"), Is.EqualTo("1"));
    }

    [Test]
    public async Task Start_OnAFileDamagedInItsMiddle_IsRefusedAndCutsNothing()
    {
        await using (await _host.StartAsync()) await CommitAsync("before", "after");
        var file = _host.LastAppendOnlyFile();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[30] = bytes[31] = (byte)'X';
        await File.WriteAllBytesAsync(file, bytes);

        var error = Assert.ThrowsAsync<RefusedException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain(_host.Paths.Manifest).And.Contain("is damaged").And
            .Contain("hold commands that were acknowledged"));
        Assert.That(error.Message, Does.Contain("Restore").And.Contain("redis-check-aof --fix"));
        Assert.That(await File.ReadAllBytesAsync(file), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Start_OnATornBase_IsRefused()
    {
        await using (await _host.StartAsync()) await CommitAsync("before");
        var file = Directory.GetFiles(_host.Paths.AppendOnly, "*.base.rdb").Single();
        await TearAsync(file);

        var error = Assert.ThrowsAsync<RefusedException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain("redis-check-aof says:").And.Contain("RDB"));
    }

    /// <summary>Each key in a transaction of its own, with a partner, as a commit is.</summary>
    private async Task CommitAsync(params string[] keys)
    {
        foreach (var key in keys)
            await _host.AskAsync("EVAL", Commit, 2, key, key + "2");
    }

    private static async Task TearAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open);
        stream.SetLength(stream.Length - 20);
    }

    private void CopyAppendOnly(string directory)
    {
        var target = Path.Combine(directory, "appendonlydir");
        foreach (var file in Directory.GetFiles(target)) File.Delete(file);
        foreach (var file in Directory.GetFiles(_host.Paths.AppendOnly))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}

using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TradeOs.Host;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Containers;

/// <summary>Service redis of docker-compose.yml: what its command does to the files a crash leaves.</summary>
[TestFixture]
public sealed class RedisStartTests
{
    private const string Commit = "redis.call('SET', KEYS[1], 1) redis.call('SET', KEYS[2], 1)";
    private const string Set = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n\r\n\r\n";
    private const string Multi = "*1\r\n$5\r\nMULTI\r\n";

    private ComposeRedis _redis = null!;

    [SetUp]
    public void Create() => _redis = new ComposeRedis();

    [TearDown]
    public async Task Remove() => await _redis.DisposeAsync();

    [Test]
    public async Task Start_OnAnEmptyVolume_ServesAndTheDoctorFindsNothingFatal()
    {
        var ended = await _redis.StartAsync();
        using var data = new TemporaryDirectory();
        var doctor = await TradeOsProcess.RunAsync(
            "doctor", "--redis", _redis.Endpoint, "--data", data.Path, "--json");

        Assert.That(ended, Is.Null, _redis.Said);
        var findings = JsonDocument.Parse(doctor.Output).RootElement.GetProperty("findings").EnumerateArray();
        Assert.That(
            findings.Where(finding => finding.GetProperty("severity").GetString() == "fatal"), Is.Empty, doctor.Output);
    }

    [Test]
    public async Task Start_OnATornTail_CutsItSaysSoAndKeepsEverythingAcknowledgedThroughTwoRestarts()
    {
        await _redis.StartAsync();
        await CommitAsync("before", "torn");
        await _redis.KillAsync();
        Tear(_redis.LastFile);

        Assert.That(await _redis.StartAsync(), Is.Null, _redis.Said);
        Assert.That(_redis.Said, Does.Match($"Repaired {_redis.LastFile}: cut [0-9]+ bytes of an unfinished write"));
        Assert.That(await _redis.CliAsync("GET", "torn"), Is.Empty);
        await CommitAsync("after");
        for (var restart = 1; restart <= 2; restart++)
        {
            Assert.That(await _redis.CliAsync("MGET", "before", "after"), Is.EqualTo("1\n1"));
            await _redis.KillAsync();
            Assert.That(await _redis.StartAsync(), Is.Null, _redis.Said);
            Assert.That(_redis.Said, Does.Not.Contain("Repaired"));
        }
    }

    [Test]
    public async Task Start_OnATornFileThatIsNotTheLast_RepairsIt()
    {
        await _redis.StartAsync();
        await CommitAsync("before", "torn");
        await _redis.KillAsync();
        Tear(_redis.LastFile);
        await File.WriteAllTextAsync(
            _redis.Data["appendonlydir", "appendonly.aof.2.incr.aof"], "*3\r\n$3\r\nSET\r\n$5\r\nafter\r\n$1\r\n1\r\n");
        await File.AppendAllTextAsync(Manifest, "file appendonly.aof.2.incr.aof seq 2 type i\n");

        Assert.That(await _redis.StartAsync(), Is.Null, _redis.Said);

        Assert.That(await _redis.CliAsync("MGET", "before", "after"), Is.EqualTo("1\n1"));
    }

    [Test]
    public async Task Start_OnAFileDamagedInItsMiddle_IsRefusedSaysWhatNextAndCutsNothing()
    {
        await _redis.StartAsync();
        await CommitAsync("before", "after");
        await _redis.KillAsync();
        var bytes = await File.ReadAllBytesAsync(_redis.LastFile);
        bytes[30] = bytes[31] = (byte)'X';
        await File.WriteAllBytesAsync(_redis.LastFile, bytes);

        var ended = await _redis.StartAsync();

        Assert.That(ended, Is.EqualTo(1));
        Assert.That(_redis.Said, Does.Contain($"{Manifest}: the append-only file is damaged, expected at most").And
            .Contain($"{_redis.LastFile} is good up to byte").And.Contain("hold commands that were acknowledged"));
        Assert.That(_redis.Said, Does.Contain("redis-check-aof says:").And.Contain("AOF analyzed: filename=").And
            .Contain($"Restore {_redis.Data.Path} from a backup, or cut").And
            .Contain($"docker compose run --rm redis redis-check-aof --fix {Manifest}"));
        Assert.That(await File.ReadAllBytesAsync(_redis.LastFile), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Start_OnATornBase_IsRefused()
    {
        await _redis.StartAsync();
        await CommitAsync("before");
        await _redis.KillAsync();
        Tear(Directory.GetFiles(_redis.Data["appendonlydir"], "*.base.rdb").Single());

        Assert.That(await _redis.StartAsync(), Is.EqualTo(1));
        Assert.That(_redis.Said, Does.Contain("no place to cut it was found"));
    }

    /// <summary>A container without awk, or a disk that does not give all bytes: nothing may be cut.</summary>
    [TestCase("awk")]
    [TestCase("od")]
    public async Task Start_WhereATailCannotBeJudged_IsRefusedAndSaysSo(string program)
    {
        await _redis.StartAsync();
        await CommitAsync("torn");
        await _redis.KillAsync();
        Tear(_redis.LastFile);
        var length = new FileInfo(_redis.LastFile).Length;
        await File.WriteAllTextAsync(_redis.Data[program], "#!/bin/sh\necho it failed >&2\nexit 127\n");
        await ChildProcess.RunAsync("chmod", "500", _redis.Data[program]);

        var ended = await _redis.StartAsync(before: _redis.Data.Path);

        Assert.That(ended, Is.EqualTo(1));
        Assert.That(_redis.Said, Does.Contain("it failed").And.Contain("cannot be judged, see above"));
        Assert.That(new FileInfo(_redis.LastFile).Length, Is.EqualTo(length));
    }

    /// <summary>The stand-in for the entry point of the image shows what a list of processes would.</summary>
    [TestCase("0123abcd")]
    [TestCase("p\"a\\s $x'w#1 %s")]
    public async Task Start_WithAPassword_TakesItAloneAndNoArgumentShowsIt(string password)
    {
        await File.WriteAllTextAsync(
            _redis.Data["docker-entrypoint.sh"], "#!/bin/sh\necho \"started as: $*\"\nexec \"$@\"\n");
        await ChildProcess.RunAsync("chmod", "500", _redis.Data["docker-entrypoint.sh"]);

        Assert.That(await _redis.StartAsync(before: _redis.Data.Path, password), Is.Null, _redis.Said);

        Assert.That(_redis.Said, Does.Contain("started as: redis-server - --dir").And.Not.Contain(password));
        Assert.That(await _redis.CliAsync("PING"), Does.StartWith("NOAUTH"));
        Assert.That(await _redis.CliAsync("--pass", password, "PING"), Is.EqualTo("PONG"));
        Assert.That(await _redis.CliAsync("--pass", password, "CONFIG", "GET", "appendfsync"), Does.EndWith("always"));
    }

    [TestCase(Multi + Set, true)]
    [TestCase(Multi + "*3\r\n$3\r\nSE\0\0\0\0\0\0", true)]
    [TestCase("\0\0\0\0", true)]
    [TestCase("*", true)]
    [TestCase("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$30\r\na * b\r\n*12\r\nand text", true)]
    [TestCase("*1\r\n$5\r\nMULTX\r\n*3\r\n$3\r\nSEXX\n" + Set, false)]
    [TestCase(Multi + Set + "*1\r\n$5\r\nMULTI\r\n" + Set + "*1\r\n$4\r\nexec\r\n", false)]
    [TestCase("XX\r\n" + Set, false)]
    [TestCase("*3\r\n$3XSET\r\n", false)]
    [TestCase("*3\r\n3\r\nSET\r\n", false)]
    [TestCase("*99999999999999999999\r\n", false)]
    [TestCase("*3\r\n$3\r\nSET\r\n$99\r\na\r\n" + Set, false)]
    public async Task Start_OnThisTail_JudgesAsTheManagedRedisDoes(string tail, bool isTorn)
    {
        Directory.CreateDirectory(_redis.Data["appendonlydir"]);
        var file = _redis.Data["appendonlydir", "appendonly.aof.1.incr.aof"];
        await File.WriteAllTextAsync(file, Set + tail);
        await File.WriteAllTextAsync(Manifest, "file appendonly.aof.1.incr.aof seq 1 type i\n");

        var ended = await _redis.StartAsync();

        Assert.That(TornTail.IsTorn(Encoding.ASCII.GetBytes(tail)), Is.EqualTo(isTorn));
        Assert.That(ended, isTorn ? Is.Null : Is.EqualTo(1), _redis.Said);
        Assert.That(new FileInfo(file).Length, Is.EqualTo(isTorn ? Set.Length : Set.Length + tail.Length));
    }

    private string Manifest => _redis.Data["appendonlydir", "appendonly.aof.manifest"];

    /// <summary>Each key in a transaction of its own, with a partner, as a commit is.</summary>
    private async Task CommitAsync(params string[] keys)
    {
        foreach (var key in keys) await _redis.CliAsync("EVAL", Commit, "2", key, key + "2");
    }

    private static void Tear(string file)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.SetLength(stream.Length - 20);
    }
}

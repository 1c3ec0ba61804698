using System.Net;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.Durability;

namespace TradeOs.Tests.Doctor;

/// <summary>Servers that cannot be used as they are: what they are, or what they are just doing.</summary>
[TestFixture]
public sealed class ServerFindingTests : DoctorFixture
{
    private readonly TemporaryDirectory _data = new();

    [OneTimeTearDown]
    public void RemoveData() => _data.Dispose();

    [Test]
    [Produces("replica")]
    public async Task Examine_AReplica_IsFatalAndCured()
    {
        await using var primary = await RedisServerProcess.StartAsync();
        await using var replica = await RedisServerProcess.StartAsync();
        await replica.CliAsync("REPLICAOF", "127.0.0.1", $"{primary.Port}");
        await Poll.UntilAsync(async () => (await replica.CliAsync("INFO", "replication"))
            .Contains("master_link_status:up", StringComparison.Ordinal));

        var found = Only(await ExamineAsync(replica, _data.Path), "replica");
        await CureAsync(replica, found);

        Assert.That(found.ToString(), Is.EqualTo(
            "role is \"slave\", expected master: Point Redis:Endpoint at the primary; or, if this server is to be " +
            "the primary, run `REPLICAOF NO ONE`."));
        Assert.That(Codes(await ExamineAsync(replica, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("cluster")]
    public async Task Examine_AClusterNode_IsFatal()
    {
        await using var node = await RedisServerProcess.StartAsync(
            "--cluster-enabled", "yes", "--cluster-port", $"{RedisServerProcess.FreePort()}");
        var examination = await ExamineAsync(node, _data.Path);
        var refused = await EndToEnd.RealDataTests.RunAsync(node, _data, "none");

        Assert.That(refused.ExitCode, Is.EqualTo(3), refused.ToString());
        Assert.That(refused.Error, Does.Contain("redis_mode is \"cluster\""));
        Assert.That(examination.Skipped.Select(skipped => skipped.Reason), Does.Contain(
            "the server is a node of a cluster"));
        Assert.That(Only(examination, "cluster").ToString(), Is.EqualTo(
            "redis_mode is \"cluster\", expected standalone: Use a single server: one commit touches keys of several " +
            "cluster slots."));
    }

    [Test]
    [Produces("aof-rewrite")]
    public async Task Examine_AfterAFailedRewrite_WarnsUntilOneSucceeds()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await BrokenRewrite.MakeAsync(server);

        var found = Only(await ExamineAsync(server, _data.Path), "aof-rewrite");
        foreach (var inTheWay in Directory.EnumerateDirectories(Path.Combine(server.Directory, "appendonlydir")))
            Directory.Delete(inTheWay, recursive: true);
        await CureAsync(server, found);
        await Poll.UntilAsync(async () => !Codes(await ExamineAsync(server, _data.Path)).Any());

        Assert.That(found.ToString(), Is.EqualTo(
            "aof_last_bgrewrite_status is \"err\", expected ok: The last rewrite failed: look into the server's log, " +
            "make room on its disk, then run `BGREWRITEAOF`."));
    }

    [Test]
    [Produces("writes-refused")]
    public async Task Examine_AfterAFailedSnapshot_SaysWhyNothingIsWrittenAndCuresIt()
    {
        await using var server = await RedisServerProcess.StartAsync("--save", "3600 1");
        Directory.CreateDirectory(Path.Combine(server.Directory, "dump.rdb", "in the way"));
        await server.CliAsync("BGSAVE");
        await Poll.UntilAsync(async () => (await server.CliAsync("PING"))
            .Contains("MISCONF", StringComparison.Ordinal));

        var examination = await ExamineAsync(server, _data.Path);
        var found = Only(examination, "writes-refused");
        await CureAsync(server, found);

        Assert.That(found.ToString(), Does.StartWith(
            $"the answer of {server.Endpoint} to PING is \"MISCONF Redis is configured to save RDB snapshots").And
            .EndsWith(
            "\", expected PONG: A snapshot failed, and so it refuses every write: run `CONFIG SET save \"\"`, then " +
            "look into its log why."));
        Assert.That(examination.Skipped.Select(skipped => skipped.Check), Does.Contain(Checks.AppendFsync));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("busy")]
    public async Task Examine_WhileAScriptNeverEnds_SaysSoAndKillsIt()
    {
        await using var server = await RedisServerProcess.StartAsync("--busy-reply-threshold", "50");
        var endless = server.CliAsync("EVAL", "while true do end", "0");
        await Poll.UntilAsync(async () => (await server.CliAsync("PING")).Contains("BUSY", StringComparison.Ordinal));

        var found = Only(await ExamineAsync(server, _data.Path), "busy");
        await CureAsync(server, found);
        await endless;

        Assert.That(found.ToString(), Does.StartWith(
            $"the answer of {server.Endpoint} to PING is \"BUSY Redis is busy running a script").And.EndsWith(
            "expected PONG: A script of another program runs and does not end: run `SCRIPT KILL`, and make that " +
            "program's scripts shorter."));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("loading")]
    public async Task Examine_WhileItLoads_SaysSo()
    {
        await using var server = await RedisServerProcess.StartAsync("--key-load-delay", "1000");
        await server.CliAsync("EVAL", "for i = 1, 3000 do redis.call('SET', 'k' .. i, i) end", "0");
        await server.KillAsync();

        var starting = server.StartAgainAsync();
        var found = await Poll.UntilAsync(async () => await LoadingAsync(server));
        await starting;

        Assert.That(found.ToString(), Does.StartWith($"the answer of {server.Endpoint} to PING is \"LOADING ").And
            .EndsWith("\", expected PONG: Wait until it has loaded its data."));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [TestCase("CONFIG", "CONFIG")]
    [TestCase("BGREWRITEAOF", "BGREWRITEAOF")]
    [Produces("command")]
    public async Task Examine_ACommandRenamed_IsFatalAndNamesIt(string renamed, string where)
    {
        await using var server = await RedisServerProcess.StartFromFileAsync($"rename-command {renamed} \"\"");

        var found = Only(await ExamineAsync(server, _data.Path), "command");

        Assert.That(found.ToString(), Is.EqualTo(
            $"{where} is \"unknown to this server\", expected the command under its own name: Remove the line " +
            "rename-command from the server's configuration and restart it; to keep others from using the command, " +
            "take its permission from their users."));
    }

    [TestCase("redis_version", "6.2.14", "version", "7.0 or newer: Upgrade the server: streams of older ones do")]
    [TestCase("loading", "1", "loading", "0: Wait until it has loaded its data.")]
    [TestCase("aof_last_write_status", "err", "writes-refused", "ok: The last write of the append-only file failed: ")]
    [Produces("version")]
    public void Judge_AFieldThatNoServerHereHas_IsFatal(string field, string wrong, string code, string message)
    {
        // An old server and a failing disk cannot be had at will; the rules are tried on values.
        var fields = new Dictionary<string, string>
        {
            ["redis_version"] = "7.0.15", ["redis_mode"] = "standalone", ["role"] = "master", ["loading"] = "0",
            ["aof_enabled"] = "1", ["aof_last_write_status"] = "ok", ["aof_last_bgrewrite_status"] = "ok",
        };
        var good = new Examination();
        DurabilityCheck.Judge(FieldRules.All, ServerFacts.Empty with { Fields = fields }, good);
        fields[field] = wrong;
        var examination = new Examination();
        DurabilityCheck.Judge(FieldRules.All, ServerFacts.Empty with { Fields = fields }, examination);

        Assert.That(good.Findings, Is.Empty);
        Assert.That(Codes(examination), Is.EqualTo(new[] { code }));
        Assert.That(Only(examination, code).ToString(), Does.StartWith($"{field} is \"{wrong}\", expected {message}"));
    }

    [TestCase("", "yes", "remote", "Every message leaves this machine: use a server on it, or accept the network, ")]
    [TestCase("secret", "no", "remote", "Every message leaves this machine: use a server on it, or accept the ")]
    [TestCase("", "no", "exposed", "It is open to its network without a password. Every message leaves this machine: ")]
    [Produces("remote")]
    public async Task Judge_AServerOnAnotherMachine_IsFound(string password, string mode, string code, string cure)
    {
        var options = new RedisOptions { Endpoint = "redis.example:6379", Password = password };
        var facts = Reached("192.0.2.1:40000", "192.0.2.7:6379", ("bind", "*"), ("protected-mode", mode));
        var examination = new Examination();

        await ExposureCheck.ExamineAsync(options, facts, examination);

        Assert.That(Codes(examination), Is.EqualTo(new[] { code }));
        Assert.That(Only(examination, code).ToString(), Does.StartWith(
            $"Redis:Endpoint is \"redis.example:6379\", expected a server on this machine: {cure}").And.EndsWith(
            "Redis:AllowNetwork=true."));
    }

    [TestCase("", "exposed")]
    [TestCase("secret", "bind")]
    public async Task Judge_APublishedPortThatAnswersBeyondLoopback_IsFound(string password, string code)
    {
        await using var server = await RedisServerProcess.StartAsync("--bind", "127.0.0.1 127.0.0.2");
        var options = server.Options;
        options.Password = password;
        var open = new Examination();
        var closed = new Examination();

        await ExposureCheck.ExaminePublishedAsync(options, [IPAddress.Parse("127.0.0.2")], open);
        await ExposureCheck.ExaminePublishedAsync(options, [IPAddress.Parse("127.0.0.3")], closed);

        Assert.That(Only(open, code).ToString(), Is.EqualTo(
            $"the published port is \"open at 127.0.0.2:{server.Port}\", expected open at 127.0.0.1 only: Publish it " +
            $"as 127.0.0.1:{server.Port}:6379, or accept it with a password and Redis:AllowNetwork=true."));
        Assert.That(closed.Findings, Is.Empty);
    }

    [Test]
    public async Task Judge_AServerInAContainerPublishedOnLoopback_IsWell()
    {
        // Its bind says nothing about this machine, on which nothing listens at that port.
        var options = new RedisOptions { Endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}" };
        var facts = Reached("172.18.0.1:40000", "172.18.0.2:6379", ("bind", "* -::*"), ("protected-mode", "no"));
        var examination = new Examination();

        await ExposureCheck.ExamineAsync(options, facts, examination);

        Assert.That(examination.Findings, Is.Empty);
    }

    [TestCase("", false)]
    [TestCase("* -::*", false)]
    [TestCase("127.0.0.1 10.0.0.5", false)]
    [TestCase("127.0.0.1 -::1", true)]
    [TestCase("localhost", true)]
    public void IsLoopbackOnly_OfABind(string bind, bool isLoopback) =>
        Assert.That(ExposureCheck.IsLoopbackOnly(bind), Is.EqualTo(isLoopback));

    private static ServerFacts Reached(string from, string to, params (string Name, string Value)[] settings) =>
        ServerFacts.Empty with
        {
            Connection = ServerFacts.ClientLine($"id=3 addr={from} laddr={to} name="),
            Settings = settings.Append(("port", "6379")).ToDictionary(),
        };

    private async Task<Finding?> LoadingAsync(RedisServerProcess server)
    {
        try
        {
            var examination = await ExamineAsync(server, _data.Path);
            return examination.Findings.FirstOrDefault(finding => finding.Check == Checks.Loading);
        }
        catch (BusUnavailableException)
        {
            // It does not listen yet.
            return null;
        }
    }
}

using NUnit.Framework;
using TradeOs.Bus;
using static TradeOs.Bus.DurabilitySeverity;

namespace TradeOs.Tests.Durability;

/// <summary>Every finding, produced once by making a real server wrong.</summary>
public sealed class DurabilityCheckTests
{
    private RedisServerProcess _server = null!;

    [OneTimeSetUp]
    public async Task StartServer() => _server = await RedisServerProcess.StartAsync();

    [OneTimeTearDown]
    public async Task StopServer()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public async Task Examine_ADurableServer_FindsNothing() => Assert.That(await ExamineAsync(_server), Is.Empty);

    [TestCase("appendonly", "no", "yes", Fatal)]
    [TestCase("appendfsync", "everysec", "always", Fatal)]
    [TestCase("no-appendfsync-on-rewrite", "yes", "no", Fatal)]
    [TestCase("maxmemory-policy", "allkeys-lru", "noeviction", Fatal)]
    [TestCase("save", "3600 1", "an empty value", Warning)]
    [TestCase("bind", "127.0.0.1 -203.0.113.9", "loopback addresses only", Warning)]
    public async Task Examine_AWrongSetting_NamesItTheValuesAndTheCure(
        string setting, string wrong, string expected, DurabilitySeverity severity)
    {
        await using var server = await RedisServerProcess.StartAsync("--" + setting, wrong);

        var findings = await ExamineAsync(server);

        var finding = findings.Single(found => found.Setting == setting);
        Assert.That(finding.Severity, Is.EqualTo(severity));
        Assert.That(finding.ToString(), Does.StartWith($"{setting} is \"{wrong}\", expected {expected}: "));
        Assert.That(finding.Cure, Does.Contain("CONFIG SET " + setting).Or.Contain("Set " + setting));
        Assert.That(findings, Has.Count.EqualTo(setting == "appendonly" ? 2 : 1), "nothing else is found");
    }

    [Test]
    public async Task Examine_AReplica_IsFatal()
    {
        await using var replica = await RedisServerProcess.StartAsync();
        await replica.CliAsync("REPLICAOF", "127.0.0.1", $"{_server.Port}");

        var findings = await ExamineAsync(replica);

        AssertFatal(findings, "role is \"slave\", expected master", "Point Redis:Endpoint at the primary");
    }

    [Test]
    public async Task Examine_AClusterNode_IsFatal()
    {
        await using var node = await RedisServerProcess.StartAsync(
            "--cluster-enabled", "yes", "--cluster-port", $"{RedisServerProcess.FreePort()}");

        var findings = await ExamineAsync(node);

        AssertFatal(findings, "redis_mode is \"cluster\", expected standalone", "Use a single server");
    }

    [TestCase("CONFIG")]
    [TestCase("INFO")]
    public async Task Examine_WhereACommandIsNotPermitted_IsFatalAndNamesIt(string command)
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var connection = await ControlConnection.ConnectAsync(server.Options, default);
        await server.CliAsync("ACL", "SETUSER", "default", "-" + command);

        var findings = await DurabilityCheck.ExamineAsync(connection);

        AssertFatal(findings, command + " is \"", "ACL SETUSER default +" + command.ToLowerInvariant());
        Assert.That(findings[0].Found, Does.Contain("NOPERM").Or.Contain("no permissions"));
    }

    [Test]
    public async Task Examine_AfterAFailedRewrite_Warns()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await BrokenRewrite.MakeAsync(server);

        var findings = await ExamineAsync(server);

        Assert.That(findings, Has.Count.EqualTo(1));
        Assert.That(findings[0].Severity, Is.EqualTo(Warning));
        Assert.That(findings[0].ToString(), Does.StartWith("aof_last_bgrewrite_status is \"err\", expected ok").And
            .Contain("BGREWRITEAOF"));
    }

    // What cannot be produced here at will: an old server, a failing disk, a server caught while it loads.
    [TestCase("redis_version", "6.2.14", "7.0 or newer")]
    [TestCase("loading", "1", "0")]
    [TestCase("aof_enabled", "0", "1")]
    [TestCase("aof_last_write_status", "err", "ok")]
    public void Judge_AWrongField_IsFatal(string field, string wrong, string expected)
    {
        var values = new Dictionary<string, string>
        {
            ["redis_version"] = "7.0.15", ["redis_mode"] = "standalone", ["role"] = "master", ["loading"] = "0",
            ["aof_enabled"] = "1", ["aof_last_write_status"] = "ok", ["aof_last_bgrewrite_status"] = "ok",
        };
        Assert.That(DurabilityCheck.Judge(DurabilityRule.OfInfo, values), Is.Empty);
        values[field] = wrong;

        var findings = DurabilityCheck.Judge(DurabilityRule.OfInfo, values).ToList();

        AssertFatal(findings, $"{field} is \"{wrong}\", expected {expected}: ", "");
    }

    [TestCase("", false)]
    [TestCase("* -::*", false)]
    [TestCase("127.0.0.1 10.0.0.5", false)]
    [TestCase("127.0.0.1 -::1", true)]
    [TestCase("localhost", true)]
    public void Judge_Bind_IsGoodOnLoopbackOnly(string bind, bool isGood)
    {
        var rule = DurabilityRule.OfConfig.Single(candidate => candidate.Setting == "bind");

        Assert.That(rule.Judge(bind) is null, Is.EqualTo(isGood));
    }

    private static void AssertFatal(IReadOnlyList<DurabilityFinding> findings, string start, string cure)
    {
        Assert.That(findings, Has.Count.EqualTo(1));
        Assert.That(findings[0].Severity, Is.EqualTo(Fatal));
        Assert.That(findings[0].ToString(), Does.StartWith(start));
        Assert.That(findings[0].Cure, Does.Contain(cure));
    }

    private static async Task<IReadOnlyList<DurabilityFinding>> ExamineAsync(RedisServerProcess server)
    {
        using var connection = await ControlConnection.ConnectAsync(server.Options, default);
        return await DurabilityCheck.ExamineAsync(connection);
    }
}

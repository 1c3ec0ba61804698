using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Reaching;

/// <summary>deploy/redis-users.acl permits what is needed and nothing more, both ways, for each of its users.</summary>
[TestFixture]
public sealed class AclFileTests
{
    private readonly RestrictedServer _restricted = new();
    private RedisServerProcess _server = null!;

    private static IReadOnlyList<IReadOnlyList<string>> Needed { get; } = RedisPermissions.Needed(Topology.Streams);

    private static string[] Lines { get; } = File.ReadAllLines(RestrictedServer.ShippedFile);

    private static IEnumerable<string> RulesOfDefault => RulesOf("default", '+');

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await _restricted.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _restricted.Dispose();
    }

    [Test]
    public async Task ShippedFile_BeforeAPasswordIsSet_LetsNobodyIn()
    {
        await using var server = await RedisServerProcess.StartAsync("--aclfile", RestrictedServer.ShippedFile);

        Assert.That(await server.CliAsync("PING"), Does.StartWith("NOAUTH"));
        foreach (var user in (string[])["default", "inspector", "door", "admin"])
        {
            foreach (var guess in (string[])["", "password", user, RestrictedServer.Placeholder[1..], "0"])
            {
                var answer = await server.CliAsync("--no-auth-warning", "AUTH", user, guess);
                Assert.That(answer, Does.StartWith("WRONGPASS"), $"{user} by \"{guess}\"");
            }
        }
    }

    [Test]
    public void ShippedFile_EveryUser_StartsFromNothingAndHasOnlyThePlaceholder()
    {
        Assert.That(Lines, Has.Length.EqualTo(4));
        foreach (var line in Lines)
        {
            Assert.That(line, Does.Match(@"^user \w+ reset on #0{64} "));
            Assert.That(line, Does.Not.Contain("nopass").And.Not.Contain(">"));
        }
    }

    [TestCaseSource(nameof(NeededLines))]
    public async Task Default_EveryNeededCommand_IsPermitted(string command) =>
        Assert.That(await DryRunAsync("default", command), Is.EqualTo("OK"));

    [Test]
    public void Default_NothingThatIsNotNeeded_IsPermitted()
    {
        Assert.That(RulesOfDefault, Is.EquivalentTo(Needed.Select(RedisPermissions.Rule).Distinct()));
        Assert.That(
            RulesOf("default", '~'), Is.EquivalentTo(Topology.Streams.Append("tradeos:*").Select(key => "~" + key)));
    }

    [TestCase("FLUSHALL")]
    [TestCase("FLUSHDB")]
    [TestCase("KEYS *")]
    [TestCase("CONFIG SET appendonly no")]
    [TestCase("CONFIG REWRITE")]
    [TestCase("DEBUG SLEEP 1")]
    [TestCase("SHUTDOWN")]
    [TestCase("ACL SETUSER default +@all")]
    [TestCase("ACL LIST")]
    [TestCase("ACL GETUSER admin")]
    [TestCase("DEL fills")]
    [TestCase("UNLINK fills")]
    [TestCase("RENAME fills other")]
    [TestCase("XDEL fills 1-1")]
    [TestCase("XSETID fills 1-1")]
    [TestCase("XGROUP DELCONSUMER trade.intents feasibility feasibility")]
    [TestCase("RESTORE fills 0 x")]
    [TestCase("MIGRATE host 6379 fills 0 1000")]
    [TestCase("REPLICAOF host 6379")]
    [TestCase("SCRIPT FLUSH")]
    [TestCase("FUNCTION LOAD x")]
    [TestCase("MODULE LOAD x")]
    [TestCase("MONITOR")]
    [TestCase("SUBSCRIBE channel")]
    [TestCase("CLIENT PAUSE 1000")]
    [TestCase("EXPIRE fills 1")]
    [TestCase("SWAPDB 0 1")]
    [TestCase("XADD other * name value")]
    [TestCase("SET other x")]
    [TestCase("GET other")]
    public async Task Default_WhatCouldHarm_IsDenied(string command) =>
        Assert.That(await DryRunAsync("default", command), Does.StartWith("This user has no permissions"));

    [TestCase("XRANGE fills - + COUNT 20")]
    [TestCase("XREVRANGE fills + - COUNT 20")]
    [TestCase("XLEN market_data.raw")]
    [TestCase("XREAD COUNT 10 STREAMS signals.qualified 0")]
    [TestCase("XINFO STREAM fills")]
    [TestCase("XINFO GROUPS trade.intents")]
    [TestCase("XINFO CONSUMERS trade.intents feasibility")]
    [TestCase("XPENDING trade.intents feasibility")]
    [TestCase("HGETALL tradeos:checkpoint:feed")]
    [TestCase("SMEMBERS tradeos:readers")]
    [TestCase("GET tradeos:control")]
    [TestCase("INFO persistence")]
    [TestCase("DBSIZE")]
    [TestCase("CLIENT LIST")]
    public async Task Inspector_Looking_IsPermitted(string command) =>
        Assert.That(await DryRunAsync("inspector", command), Is.EqualTo("OK"));

    [TestCase("XADD fills * name value")]
    [TestCase("XTRIM fills MAXLEN 0")]
    [TestCase("XREADGROUP GROUP feasibility me STREAMS trade.intents >")]
    [TestCase("XACK trade.intents feasibility 1-1")]
    [TestCase("XGROUP CREATE fills me 0")]
    [TestCase("SET tradeos:control halt")]
    [TestCase("HSET tradeos:host name me")]
    [TestCase("DEL fills")]
    [TestCase("EVAL return 1 fills")]
    [TestCase("CONFIG GET requirepass")]
    [TestCase("CONFIG GET *")]
    [TestCase("ACL LIST")]
    [TestCase("CLIENT KILL ID 1")]
    [TestCase("MONITOR")]
    [TestCase("KEYS *")]
    [TestCase("FLUSHALL")]
    [TestCase("BGREWRITEAOF")]
    [TestCase("SHUTDOWN")]
    [TestCase("GET other")]
    public async Task Inspector_Changing_IsDenied(string command) =>
        Assert.That(await DryRunAsync("inspector", command), Does.StartWith("This user has no permissions"));

    [TestCase("XADD market_data.raw * name value")]
    [TestCase("XADD signals.raw * name value")]
    public async Task Door_ItsTwoStreams_MayBeAppendedTo(string command) =>
        Assert.That(await DryRunAsync("door", command), Is.EqualTo("OK"));

    [TestCase("XADD trade.approved * name value")]
    [TestCase("XADD signals.qualified * name value")]
    [TestCase("XRANGE market_data.raw - +")]
    [TestCase("XLEN market_data.raw")]
    [TestCase("XTRIM market_data.raw MAXLEN 0")]
    [TestCase("XDEL market_data.raw 1-1")]
    [TestCase("DEL market_data.raw")]
    [TestCase("GET tradeos:control")]
    [TestCase("INFO")]
    [TestCase("CONFIG GET *")]
    public async Task Door_AnythingElse_IsDenied(string command) =>
        Assert.That(await DryRunAsync("door", command), Does.StartWith("This user has no permissions"));

    [Test]
    public async Task Admin_MayDoEverything()
    {
        foreach (var command in (string[])["FLUSHALL", "CONFIG SET appendonly no", "ACL LIST", "DEL other", "SHUTDOWN"])
            Assert.That(await DryRunAsync("admin", command), Is.EqualTo("OK"), command);
    }

    /// <summary>What a test took away is back for the next.</summary>
    [TearDown]
    public async Task LoadFileAsync() => Assert.That(await _restricted.AdminAsync("ACL", "LOAD"), Is.EqualTo("OK"));

    /// <summary>The cure that is named is the one that helps.</summary>
    [Test]
    public async Task Default_EachNeededCommandTakenAway_IsDeniedAndTheCureGivesItBack()
    {
        foreach (var command in Needed.DistinctBy(RedisPermissions.Rule))
        {
            var rule = RedisPermissions.Rule(command);
            await _restricted.AdminAsync("ACL", "SETUSER", "default", "-" + rule[1..]);

            var refusal = await DryRunAsync("default", [.. command]);
            Assert.That(refusal, Does.Contain($"no permissions to run the '{rule[1..]}' command"));
            var cure = RedisRefusal.Permission(refusal);
            Assert.That(cure, Is.EqualTo($"Permit it: ACL SETUSER default {rule}"));
            await _restricted.AdminAsync(cure!["Permit it: ".Length..].Split(' '));
            Assert.That(await DryRunAsync("default", [.. command]), Is.EqualTo("OK"), rule);
        }
    }

    [Test]
    public async Task Default_AKeyTakenAway_IsDeniedAndTheCureNamesIt()
    {
        var line = Lines.Single(line => line.StartsWith("user default", StringComparison.Ordinal));
        var rules = line.Split(' ').Skip(3).Where(rule => rule[0] is '~' or '+' && rule != "~fills");
        await _restricted.AdminAsync(["ACL", "SETUSER", "narrow", "reset", "on", .. rules]);

        foreach (var command in Needed.Where(command => command.Contains("fills")))
        {
            var refusal = await DryRunAsync("narrow", [.. command]);
            Assert.That(RedisRefusal.Permission(refusal), Is.EqualTo("Permit it: ACL SETUSER default ~fills"));
        }

        Assert.That(Needed.Count(command => command.Contains("fills")), Is.EqualTo(2));
    }

    private static IEnumerable<string> NeededLines() => Needed.Select(command => string.Join(' ', command)).Distinct();

    private static IEnumerable<string> RulesOf(string user, char sign) =>
        Lines.Single(line => line.StartsWith($"user {user} ", StringComparison.Ordinal)).Split(' ')
            .Where(word => word[0] == sign);

    private Task<string> DryRunAsync(string user, string command) => DryRunAsync(user, command.Split(' '));

    private Task<string> DryRunAsync(string user, string[] command) =>
        _restricted.AdminAsync(["ACL", "DRYRUN", user, .. command]);
}

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Doctor;

/// <summary>What is not permitted is found before anything is written.</summary>
[TestFixture]
public sealed class PermissionFindingTests : DoctorFixture
{
    private const string AsAdmin = "--user admin --pass secret";

    private readonly TemporaryDirectory _data = new();

    [OneTimeTearDown]
    public void RemoveData() => _data.Dispose();

    [Test]
    [Produces("permission")]
    public async Task Examine_WithCommandsAndKeysDenied_NamesThemAllAndOneCommandCuresThem()
    {
        await using var server = await StartAsync();
        await server.CliAsync(
            "ACL", "SETUSER", "default", "-xack", "-bgrewriteaof", "-client|kill", "resetkeys", "~tradeos:*",
            "~market_data.raw", "~signals.*", "~trade.*", "~signal.outcomes", "~metrics.snapshot",
            "~decisions.rejected", "~dead.letters", "~control.log");

        var found = Only(await ExamineAsync(server, _data.Path), "permission");
        await CureAsync(server, found, AsAdmin);

        Assert.That(found.Wrong, Does.Match(
            "^the permissions of user default is \".*has no permissions to run the 'bgrewriteaof' command\", " +
            "expected " +
            @"\+bgrewriteaof \+client\|kill \+xack ~fills permitted$"));
        Assert.That(found.Cure, Is.EqualTo(
            "As an administrator run `ACL SETUSER default \"+bgrewriteaof\" \"+client|kill\" \"+xack\" \"~fills\"`, " +
            "and make it last: ACL SAVE or CONFIG REWRITE, wherever its users are kept."));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [TestCase("CONFIG", "config|get")]
    [TestCase("INFO", "info")]
    public async Task Examine_WhatJudgingNeedsIsDenied_IsFatalAndCured(string denied, string rule)
    {
        await using var server = await StartAsync();
        await server.CliAsync("ACL", "SETUSER", "default", "-" + denied);

        var found = Only(await ExamineAsync(server, _data.Path), "permission");
        await CureAsync(server, found, AsAdmin);

        Assert.That(found.ToString(), Does.Contain("NOPERM").Or.Contain("no permissions"));
        Assert.That(found.ToString(), Does.Contain($"expected +{rule} permitted: As an administrator run `ACL"));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    [Produces("permission-unknown")]
    public async Task Examine_WhereThePermissionsMayNotBeAsked_SaysSoAndIsCured()
    {
        await using var server = await StartAsync();
        await server.CliAsync("ACL", "SETUSER", "default", "-acl|dryrun");

        var examination = await ExamineAsync(server, _data.Path);
        var found = Only(examination, "permission-unknown");
        await CureAsync(server, found, AsAdmin);

        Assert.That(found.ToString(), Does.Match(
            "^ACL DRYRUN is \"NOPERM .*\", expected an answer: Missing permissions would only be found when they are " +
            @"used: as an administrator run `ACL SETUSER default ""\+acl\|dryrun""`, and make it last: ACL SAVE or " +
            @"CONFIG REWRITE, wherever its users are kept\.$"));
        Assert.That(examination.Skipped.Select(skipped => skipped.Check), Does.Contain(Checks.Permission));
        Assert.That(Codes(await ExamineAsync(server, _data.Path)), Is.Empty);
    }

    [Test]
    public async Task Run_WithoutAPermission_IsRefusedBeforeAnythingIsWritten()
    {
        await using var server = await StartAsync();
        await server.CliAsync("ACL", "SETUSER", "default", "-xack");

        var refused = await EndToEnd.RealDataTests.RunAsync(server, _data, "none");
        var isEmpty = await server.CliAsync("DBSIZE");
        await server.CliAsync("--user", "admin", "--pass", "secret", "ACL", "SETUSER", "default", "+xack");
        var started = await EndToEnd.RealDataTests.RunAsync(server, _data, "none");

        Assert.That((refused.ExitCode, started.ExitCode), Is.EqualTo((3, 0)), refused.ToString());
        Assert.That(refused.Error, Does.Contain($"Redis at {server.Endpoint} does not let us work:"));
        Assert.That(refused.Error, Does.Contain("ACL SETUSER default \"+xack\""));
        Assert.That(isEmpty, Is.EqualTo("0"));
    }

    [Test]
    public void Needed_HasEveryStream_SoThatEachIsAskedAbout() => Assert.That(
        RedisPermissions.Needed(Topology.Streams).Where(command => command[0] == "XADD").Select(command => command[1]),
        Is.EquivalentTo(Topology.Streams));

    private static async Task<RedisServerProcess> StartAsync()
    {
        var server = await RedisServerProcess.StartAsync();
        await server.CliAsync("ACL", "SETUSER", "admin", "on", ">secret", "~*", "&*", "+@all");
        return server;
    }
}

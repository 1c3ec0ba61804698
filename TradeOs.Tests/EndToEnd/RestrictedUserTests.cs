using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Doctor;

namespace TradeOs.Tests.EndToEnd;

/// <summary>The whole program as the 'default' user of deploy/redis-users.acl, over each transport.</summary>
[TestFixture]
public sealed class RestrictedUserTests
{
    private RestrictedServer _restricted = null!;
    private RedisServerProcess _server = null!;
    private TemporaryDirectory _data = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _data = new TemporaryDirectory();
        _restricted = new RestrictedServer();
        _server = await _restricted.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _restricted.Dispose();
        _data.Dispose();
    }

    /// <summary>Run, kill, restart of Redis and so its seal, take-over, every verb: nothing is denied once.</summary>
    [Test]
    public async Task EveryVerb_AndEveryTurnOfARun_NeedsNothingThatIsDenied(
        [Values(RedisTransport.Tls, RedisTransport.Unix)] RedisTransport transport)
    {
        var options = Options(transport);
        await using (var killed = TradeOsProcess.Start(Run(options, "--feed", "simulated:rate=200")))
        {
            await UntilAnEntryAsync(StreamNames.MarketData);
            await killed.KillAsync();
        }

        await _server.RestartAsync();
        await using var replaced = TradeOsProcess.Start(Run(options, "--feed", "simulated:rate=200"));
        await UntilHostAsync(replaced);
        var status = await TradeOsProcess.RunAsync(["status", .. Where(options)]);
        var file = $"binance-trades:{Recorded.File(Recorded.BtcSpot)}";
        var run = await TradeOsProcess.RunAsync(Run(options, "--feed", file, "--until-idle", "--json", "--take-over"));
        var ended = await replaced.EndAsync();
        var doctor = await TradeOsProcess.RunAsync(["doctor", .. Where(options)]);
        var check = await TradeOsProcess.RunAsync(["check", .. Where(options)]);
        var tail = await TradeOsProcess.RunAsync(["tail", "fills", "-n", "3", .. Where(options)]);

        Assert.That((run.ExitCode, ended.ExitCode), Is.EqualTo((0, 3)), $"{run}{ended}");
        Assert.That((status.ExitCode, doctor.ExitCode, tail.ExitCode), Is.EqualTo((0, 0, 0)), $"{status}{doctor}");
        Assert.That(check.ExitCode, Is.Zero, check.ToString());
        Assert.That(run.Entries[StreamNames.Metrics], Is.GreaterThan(0));
        Assert.That(status.Output, Does.Contain($"Redis {options.Endpoint} "));
        Assert.That(doctor.Output, Does.Contain("Safe to trade on."));
        Assert.That(doctor.Output, Does.Contain($": 1 note; {DoctorFixture.InSight(_server).Count - 1} of "));
        Assert.That(run.Error + ended.Error, Does.Not.Contain(RestrictedServer.Password));
        Assert.That(await _restricted.AdminAsync("ACL", "LOG"), Is.Empty);
    }

    [TestCase("-evalsha", "does not let us work", "ACL SETUSER default \"+evalsha\"")]
    [TestCase("-bgrewriteaof", "does not let us work", "ACL SETUSER default \"+bgrewriteaof\"")]
    [TestCase("-config|get", "user default is \"NOPERM", "ACL SETUSER default \"+config|get\"")]
    [TestCase("-xadd", "does not let us work", "ACL SETUSER default \"+xadd\"")]
    [TestCase("resetkeys ~tradeos:*", "does not let us work", "\"~market_data.raw\" \"~signals.raw\"")]
    public async Task Run_WithACommandTakenAway_IsRefusedAndNamesTheCure(string rules, string found, string cure)
    {
        await _restricted.AdminAsync(["ACL", "SETUSER", "default", .. rules.Split(' ')]);

        var result = await TradeOsProcess.RunAsync(Run(
            _restricted.UnixOptions, "--feed", "simulated:count=50,rate=max", "--until-idle"));

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(result.Error, Does.Contain(found).And.Contain(cure));
    }

    [Test]
    public async Task Verbs_WrongAndMissingPassword_AreRefusedNamingTheSetting(
        [Values(RedisTransport.Tls, RedisTransport.Unix)] RedisTransport transport)
    {
        var options = Options(transport);
        options.Password = "wrong";
        var wrong = await TradeOsProcess.RunAsync(["status", .. Where(options)]);
        options.Password = "";
        var missing = await TradeOsProcess.RunAsync(["status", .. Where(options)]);

        Assert.That((wrong.ExitCode, missing.ExitCode), Is.EqualTo((3, 3)), $"{wrong}{missing}");
        Assert.That(wrong.Error, Does.Contain($"Redis at {options.Endpoint} did not accept Redis:Password"));
        Assert.That(missing.Error, Does.Contain($"Redis at {options.Endpoint} wants a password, found none in "));
        Assert.That(missing.Error, Does.Contain("TRADEOS_Redis__Password"));
    }

    private RedisOptions Options(RedisTransport transport) => transport switch
    {
        RedisTransport.Tls => _restricted.TlsOptions,
        RedisTransport.Unix => _restricted.UnixOptions,
        _ => throw new ArgumentOutOfRangeException(nameof(transport)),
    };

    private string[] Run(RedisOptions options, params string[] more) => ["run", .. Where(options), .. more];

    private string[] Where(RedisOptions options) =>
    [
        "--redis", options.Endpoint, "--data", _data.Path, "--set", "Redis:Mode=External",
        "--set", $"Redis:Password={options.Password}", "--set", $"Redis:TlsCaFile={options.TlsCaFile}",
        "--set", $"Redis:TlsCertificateFile={options.TlsCertificateFile}",
        "--set", $"Redis:TlsKeyFile={options.TlsKeyFile}",
    ];

    private Task UntilAnEntryAsync(string stream) => Poll.UntilAsync(async () =>
        await _restricted.AdminAsync("XLEN", stream) is not ("" or "0"));

    /// <summary>Until that host stands where the host of the pipeline stands, and its stages move.</summary>
    private async Task UntilHostAsync(TradeOsProcess host)
    {
        await Poll.UntilAsync(async () =>
            await _restricted.AdminAsync("HGET", RedisKeys.Host, "name") == $"{Environment.MachineName}:{host.Id}");
        var before = await _restricted.AdminAsync("HGET", RedisKeys.Checkpoint("signal-engine"), "count");
        await Poll.UntilAsync(async () =>
            await _restricted.AdminAsync("HGET", RedisKeys.Checkpoint("signal-engine"), "count") != before);
    }
}

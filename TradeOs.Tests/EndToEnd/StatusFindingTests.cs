using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;
using TradeOs.Stages;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.EndToEnd;

/// <summary>Findings of <c>status</c> that no pipeline in order leads to: checkpoints, settings and a host made for
/// it.</summary>
[TestFixture]
public sealed class StatusFindingTests : RedisFixture
{
    private TemporaryDirectory _data = null!;

    [SetUp]
    public void Start() => _data = new TemporaryDirectory();

    [TearDown]
    public void Stop() => _data.Dispose();

    [Test]
    public async Task Status_AStageThatReadMoreThanThereEverWas_IsNamed([Values] bool hasHost)
    {
        await using var host = hasHost ? await TakeAsync() : null;
        await Server.CliAsync("HSET", RedisKeys.Checkpoint("feasibility"), "position", "1-1", "count", "5",
            "written", "5", "silent", "0");

        var status = await StatusAsync();

        Assert.That(status.Findings, Has.One.EqualTo(hasHost
            ? "feasibility has read 5 entries of trade.intents, 5 more than were ever appended. Look with tradeos " +
              "doctor."
            : "feasibility is -5 entries behind trade.intents and nobody reads."));
    }

    [Test]
    public async Task Status_WorkAndNoHost_NamesWhoIsBehind()
    {
        await Server.CliAsync("XADD", StreamNames.Fills, "*", "text", "x");

        var status = await StatusAsync();

        Assert.That(status.Findings, Is.SupersetOf((string[])
        [
            "No host runs the pipeline on this Redis, or it is just reconnecting. Start one: tradeos run.",
            "outcome-tracker is 1 entries behind fills and nobody reads.",
        ]));
        Assert.That(
            status.Findings.Where(finding => finding.Contains("behind", StringComparison.Ordinal)), Has.One.Items);
    }

    [Test]
    public async Task Status_AServerThatWouldLoseData_IsAFindingAndSoIsTheOptionThatAllowsIt()
    {
        var strict = await StatusAsync();
        await Server.CliAsync("CONFIG", "SET", "appendfsync", "everysec");
        var lossy = await StatusAsync();
        await Server.CliAsync("CONFIG", "SET", "appendfsync", "always");
        var relaxed = await StatusAsync(("Redis:AllowRelaxedDurability", "true"));

        Assert.That(strict.Findings, Has.None.Contains("appendfsync").And.None.Contains("AllowRelaxedDurability"));
        Assert.That(lossy.Findings, Has.One.Contains("appendfsync is \"everysec\""));
        Assert.That(relaxed.Findings, Has.One.Contains("Redis:AllowRelaxedDurability is on: a crash may lose"));
    }

    /// <summary>Client ids begin anew with the server: that of a host of the last one may be anybody's now.</summary>
    [Test]
    public async Task LivingHost_OfAnotherServerProcessOrWithoutItsConnection_IsNone()
    {
        using var control = await ControlConnection.ConnectAsync(Server.Options, Cancel);
        string? before;
        await using (await TakeAsync()) before = await LivingHost.NameAsync(control);
        await Poll.UntilAsync(async () => await LivingHost.NameAsync(control) is null);
        var ours = (string)(await control.ExecuteAsync("CLIENT", "ID"))!;
        await Server.CliAsync("HSET", RedisKeys.Host, "client", ours);
        var sameServer = await LivingHost.NameAsync(control);
        await Server.CliAsync("HSET", RedisKeys.Host, "run_id", new string('0', 40));

        Assert.That((before, sameServer), Is.EqualTo(("me", "me")));
        Assert.That(await LivingHost.NameAsync(control), Is.Null);
    }

    private Task<HostLock> TakeAsync() => HostLock.TakeAsync(
        Server.Options, new OpenGate(), "owner", "me", false, TimeProvider.System, Cancel);

    private async Task<StatusReport> StatusAsync(params (string Key, string Value)[] more)
    {
        (string, string, string)[] all =
        [
            ("Redis:Endpoint", Server.Endpoint, "test"), ("Data:Directory", _data.Path, "test"),
            .. more.Select(setting => (setting.Key, setting.Value, "test")),
        ];
        var settings = SettingsReader.Read(new SettingsSource(null, all));
        using var look = await BusLook.OpenAsync(settings, Cancel);
        return await StatusReport.ReadAsync(look, settings, Cancel);
    }
}

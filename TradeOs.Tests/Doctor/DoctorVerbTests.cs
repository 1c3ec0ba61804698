using System.Text.Json;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.EndToEnd;

namespace TradeOs.Tests.Doctor;

/// <summary>What a person, a pipe and a program get of an examination.</summary>
[TestFixture]
public sealed class DoctorVerbTests
{
    private readonly TemporaryDirectory _data = new();

    [OneTimeTearDown]
    public void RemoveData() => _data.Dispose();

    [Test]
    public async Task Doctor_InAPipe_GivesEachFindingWholeOnALineTheGravestFirst()
    {
        await using var server = await RedisServerProcess.StartAsync("--save", "3600 1", "--appendfsync", "everysec");

        var result = await DoctorAsync(server.Endpoint);

        var lines = result.Output.TrimEnd().Split('\n');
        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(lines[0], Does.Match(
            $"^Redis at {server.Endpoint}: 1 fatal, 1 warning, 1 note; [0-9]+ of {Checks.All.Length} checks passed$"));
        Assert.That(lines[1], Does.StartWith("fatal appendfsync: appendfsync is \"everysec\", expected always: Run"));
        Assert.That(lines[2], Does.StartWith("warning save: save is \"3600 1\", expected an empty value: Run `CONFIG"));
        Assert.That(lines[3], Does.StartWith("note aof-load-truncated: "));
        Assert.That(lines[4], Does.StartWith("passed: ").And.Contain(" appendonly "));
        Assert.That(result.Output, Does.Not.Contain("Safe to trade on."));
    }

    [Test]
    public async Task Doctor_OfAGoodServer_SaysWhatWasLookedAt()
    {
        await using var server = await RedisServerProcess.StartAsync("--aof-load-truncated", "no");

        var result = await DoctorAsync(server.Endpoint);

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        var seen = DoctorFixture.InSight(server);
        Assert.That(result.Output, Does.StartWith($"Redis at {server.Endpoint}: no findings; {seen.Count} of "));
        Assert.That(result.Output, Does.Contain($"passed: {string.Join(' ', seen)}\n"));
        Assert.That(result.Output, Does.EndWith("Safe to trade on.\n"));
    }

    [Test]
    public async Task DoctorJson_HasFindingsWhatPassedAndWhatCouldNotBeLookedAt()
    {
        await using var server = await RedisServerProcess.StartAsync("--appendfsync", "no");

        var result = await DoctorAsync(server.Endpoint, "--json");

        var json = JsonDocument.Parse(result.Output).RootElement;
        var finding = json.GetProperty("findings")[0];
        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(json.GetProperty("endpoint").GetString(), Is.EqualTo(server.Endpoint));
        Assert.That(json.GetProperty("reachable").GetBoolean(), Is.True);
        Assert.That(json.GetProperty("healthy").GetBoolean(), Is.False);
        Assert.That(
            ((string[])["code", "severity", "where", "found", "expected"]).Select(name => Text(finding, name)),
            Is.EqualTo(new[] { "appendfsync", "fatal", "appendfsync", "no", "always" }));
        Assert.That(Text(finding, "cure"), Does.StartWith("Run `CONFIG SET appendfsync always`"));
        Assert.That(finding.GetProperty("commands")[0].GetString(), Is.EqualTo("CONFIG SET appendfsync always"));
        var seen = json.GetProperty("passed").EnumerateArray().Select(code => code.GetString())
            .Concat(json.GetProperty("skipped").EnumerateArray().Select(skipped => Text(skipped, "code")))
            .Concat(json.GetProperty("findings").EnumerateArray().Select(found => Text(found, "code")));
        Assert.That(seen, Is.EquivalentTo(Checks.All.Select(check => check.Code)));
    }

    [TestCase("doctor")]
    [TestCase("status")]
    public async Task Json_OfAServerThatIsAway_IsOneObjectThatSaysSo(string verb)
    {
        var endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}";

        var result = await TradeOsProcess.RunAsync(verb, "--json", "--redis", endpoint, "--data", _data.Path);

        var json = JsonDocument.Parse(result.Output).RootElement;
        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(Text(json, "endpoint"), Is.EqualTo(endpoint));
        Assert.That(json.GetProperty("reachable").GetBoolean(), Is.False);
        Assert.That(json.GetProperty("healthy").GetBoolean(), Is.False);
        Assert.That(result.Output, Does.Contain($"Redis at {endpoint} cannot be reached"));
        Assert.That(result.Error, Does.Contain($"Redis at {endpoint} cannot be reached"));
    }

    [TestCase("doctor")]
    [TestCase("status")]
    public async Task Json_OfAServerThatRefusesThePassword_IsOneObjectThatSaysSo(string verb)
    {
        await using var server = await RedisServerProcess.StartAsync("--requirepass", "right");

        var result = await TradeOsProcess.RunAsync(
            verb, "--json", "--redis", server.Endpoint, "--data", _data.Path, "--set", "Redis:Password=wrong");

        Assert.That(result.ExitCode, Is.EqualTo(3), result.ToString());
        Assert.That(JsonDocument.Parse(result.Output).RootElement.GetProperty("reachable").GetBoolean(), Is.False);
        Assert.That(result.Output, Does.Contain("did not accept Redis:Password"));
    }

    private Task<TradeOsResult> DoctorAsync(string endpoint, params string[] more) =>
        TradeOsProcess.RunAsync(["doctor", "--redis", endpoint, "--data", _data.Path, .. more]);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

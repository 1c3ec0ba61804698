using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Containers;

/// <summary>docker-compose.yml says of the program what the program says of itself.</summary>
[TestFixture]
public sealed class ComposeTests
{
    private const string Environment = "services:tradeos:environment:";

    /// <summary>Every TRADEOS_ variable of the service as a setting, from docker-compose.yml and Dockerfile.</summary>
    private static List<(string Key, string Value, string Option)> Overrides =>
    [
        .. ComposeFile.Values.Where(value => value.Key.StartsWith(Environment, StringComparison.Ordinal))
            .Select(value => (Name: value.Key[Environment.Length..], Value: value.Single()))
            .Concat(DockerImage.Environment.Select(variable => (Name: variable.Key, variable.Value)))
            .Where(variable => variable.Name.StartsWith(SettingsSource.EnvironmentPrefix, StringComparison.Ordinal))
            .Select(variable => (Key(variable.Name), variable.Value, "docker-compose.yml")),
    ];

    [Test]
    public void Environment_OfThePipeline_IsOfRealOptionsAndReachesTheRedisBesideIt()
    {
        var settings = SettingsReader.Read(
            new SettingsSource(Path.Combine(Repository.Root, "appsettings.json"), Overrides));

        Assert.That(settings.Redis.Mode, Is.EqualTo(RedisMode.External));
        Assert.That(settings.Redis.Endpoint, Is.EqualTo("redis:6379"));
        Assert.That(ComposeFile.Values["services:redis:image"], Is.Not.Empty, "the host name is that of the service");
        Assert.That(ComposeFile.Mounts("tradeos")[settings.Data.Directory], Is.EqualTo("tradeos-data"));
        Assert.That(settings.Feeds, Is.EqualTo(["simulated"]));
    }

    /// <summary>The guard is seen to fail: a typing error in a variable is found.</summary>
    [Test]
    public void Environment_WithAKeyNobodyReads_IsRefused() => Assert.That(
        () => SettingsReader.Read(new SettingsSource(
            Path.Combine(Repository.Root, "appsettings.json"),
            [.. Overrides, (Key("TRADEOS_Redis__Adress"), "redis:6379", "docker-compose.yml")])),
        Throws.TypeOf<ConfigurationProblemException>().With.Message.Contains("unknown key 'Redis:Adress'"));

    [TestCase("services:redis:ports", "127.0.0.1:${REDIS_PORT:-6379}:6379", TestName = "Port_IsOpenToThisMachineOnly")]
    [TestCase("services:redis:restart", "unless-stopped", TestName = "Redis_ComesBack")]
    [TestCase("services:tradeos:restart", "no", TestName = "Pipeline_IsNeverRestartedIntoARefusal")]
    [TestCase("services:tradeos:environment:TRADEOS_Redis__AllowNetwork", "true",
        TestName = "Pipeline_AcceptsTheNetworkItSharesWithRedisAlone")]
    [TestCase("services:tradeos:read_only", "true", TestName = "Pipeline_WritesToItsVolumesOnly")]
    [TestCase("services:tradeos:depends_on:redis:condition", "service_healthy", TestName = "Pipeline_WaitsForRedis")]
    [TestCase("services:redis:image", "${REDIS_IMAGE:-redis:7.2}", TestName = "Image_OfRedisCanBeReplaced")]
    public void Value_Is(string path, string expected) =>
        Assert.That(ComposeFile.Values[path], Is.EqualTo([expected]));

    /// <summary>Without a value, so that a container is not given an empty one: redis-cli would offer it.</summary>
    [Test]
    public void Password_IsOneForBothServicesAndUnsetUnlessGiven()
    {
        Assert.That(
            File.ReadAllLines(Path.Combine(Repository.Root, "docker-compose.yml")),
            Has.One.EqualTo("      REDISCLI_AUTH:"));
        Assert.That(ComposeFile.Values[Environment + "TRADEOS_Redis__Password"], Is.EqualTo(["${REDISCLI_AUTH:-}"]));
        Assert.That(ComposeFile.Value(Environment + "TRADEOS_Redis__Password"), Is.Empty);
    }

    [Test]
    public void Volumes_ThatServicesUse_AreDeclared()
    {
        var used = ComposeFile.Mounts("redis").Concat(ComposeFile.Mounts("tradeos")).Select(mount => mount.Value);
        var declared = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml")).Split("\nvolumes:\n")[1];

        foreach (var volume in used)
        {
            if (volume.StartsWith("./", StringComparison.Ordinal))
                Assert.That(File.Exists(Path.Combine(Repository.Root, volume)), Is.True, volume);
            else
                Assert.That(declared, Does.Contain($"  {volume}:\n"));
        }
    }

    /// <summary>Docker kills what has not ended by then; the program gives a Redis that hangs ten seconds.</summary>
    [Test]
    public void Grace_IsLongerThanTheProgramTakes() => Assert.That(
        int.Parse(ComposeFile.Value("services:tradeos:stop_grace_period").TrimEnd('s')), Is.GreaterThan(10));

    [TestCase("SDK_IMAGE")]
    [TestCase("RUNTIME_IMAGE")]
    public void Image_NamedInBothFiles_IsTheSame(string argument) => Assert.That(
        ComposeFile.Value($"services:tradeos:build:args:{argument}"), Is.EqualTo(DockerImage.Arguments[argument]));

    private static string Key(string variable) =>
        variable[SettingsSource.EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
}

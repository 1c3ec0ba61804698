using NUnit.Framework;

namespace TradeOs.Tests;

/// <summary>Which server the tests run on, and what keeps them from emptying somebody else's.</summary>
[TestFixture]
public sealed class TestRedisTests
{
    [TestCase(null, TestRedisKind.Process, "")]
    [TestCase("", TestRedisKind.Process, "")]
    [TestCase("127.0.0.1:6379", TestRedisKind.External, "127.0.0.1:6379")]
    [TestCase("docker:6379", TestRedisKind.External, "docker:6379", Description = "a machine of that name")]
    [TestCase("docker", TestRedisKind.Docker, "redis:7.2")]
    [TestCase("docker:redis:8.0", TestRedisKind.Docker, "redis:8.0")]
    [TestCase("docker:valkey/valkey", TestRedisKind.Docker, "valkey/valkey")]
    [TestCase("testcontainers", TestRedisKind.Testcontainers, "redis:7.2")]
    [TestCase("testcontainers:redis:7.4", TestRedisKind.Testcontainers, "redis:7.4")]
    public void Variable_IsRead(string? text, TestRedisKind kind, string target) =>
        Assert.That(TestRedisChoice.Parse(text), Is.EqualTo(new TestRedisChoice(kind, target)));

    [TestCase("yes")]
    [TestCase("docker:")]
    [TestCase("podman:redis:7.2")]
    public void Variable_OfNoForm_IsRefusedAndNamesTheForms(string text) => Assert.That(
        () => TestRedisChoice.Parse(text),
        Throws.ArgumentException.With.Message.Contains($"TRADEOS_TEST_REDIS is \"{text}\", expected HOST:PORT").And
            .Message.Contains("docker[:IMAGE]").And.Message.Contains("Unset it"));

    [Test]
    public void Need_ThatAKindDoesNotMeet_IsIgnoredWithTheReason()
    {
        var reason = TestRedisChoice.Parse("10.0.0.1:6379").Lacks("a server that can be killed");

        Assert.That(reason.Message, Is.EqualTo(
            "This test needs a server that can be killed, which TRADEOS_TEST_REDIS=10.0.0.1:6379 does not give. " +
            "It runs when TRADEOS_TEST_REDIS is not set."));
    }

    /// <summary>Skipped tests are not accepted where everything must pass: nothing may be missing there.</summary>
    [Test]
    public async Task Default_LacksNothing()
    {
        if (TestRedisChoice.Current.Kind != TestRedisKind.Process)
            throw TestRedisChoice.Current.Lacks("the default server");
        await using var redis = await TestRedis.StartAsync("--appendfsync", "everysec");

        Assert.That(redis.Port, Is.GreaterThan(0));
        Assert.That(redis.ProcessId, Is.GreaterThan(0));
        Assert.That(Directory.Exists(redis.Directory), Is.True);
        Assert.That(redis.Log(), Does.Contain("Ready to accept"));
        Assert.That(await redis.CliAsync("CONFIG", "GET", "appendfsync"), Does.EndWith("everysec"));
        await redis.RestartAsync();
        Assert.That(await redis.CliAsync("PING"), Is.EqualTo("PONG"));
    }

    [Test]
    public async Task External_HoldingAKeyInAnyDatabase_IsRefusedAndKeepsIt()
    {
        await using var owner = await RedisServerProcess.StartAsync();
        await owner.CliAsync("-n", "3", "SET", "somebody", "else");

        Assert.That(
            () => ExternalRedis.StartAsync(owner.Endpoint),
            Throws.InvalidOperationException
                .With.Message.Contains($"TRADEOS_TEST_REDIS={owner.Endpoint}: found db3:keys=1").And
                .Message.Contains("expected an empty server, because the tests run FLUSHALL on it").And
                .Message.Contains($"redis-cli -h 127.0.0.1 -p {owner.Port} FLUSHALL"));
        Assert.That(await owner.CliAsync("-n", "3", "GET", "somebody"), Is.EqualTo("else"));
    }

    [Test]
    public async Task External_Empty_IsTakenByOneAtATimeAndLeftEmpty()
    {
        await using var owner = await RedisServerProcess.StartAsync();
        await using (var first = await ExternalRedis.StartAsync(owner.Endpoint))
        {
            await first.CliAsync("SET", "a", "b");
            Assert.That(() => ExternalRedis.StartAsync(owner.Endpoint), Throws.TypeOf<IgnoreException>());
        }

        Assert.That(await owner.CliAsync("DBSIZE"), Is.EqualTo("0"));
        await (await ExternalRedis.StartAsync(owner.Endpoint)).DisposeAsync();
    }

    [Test]
    public async Task External_WithAPasswordOrAway_IsRefused()
    {
        await using var locked = await RedisServerProcess.StartAsync("--requirepass", "secret");
        var away = $"127.0.0.1:{RedisServerProcess.FreePort()}";

        Assert.That(
            () => ExternalRedis.StartAsync(locked.Endpoint),
            Throws.InvalidOperationException.With.Message.Contains("found \"NOAUTH").And
                .Message.Contains("expected a server that answers without a password"));
        Assert.That(
            () => ExternalRedis.StartAsync(away),
            Throws.InvalidOperationException.With.Message.Contains("Connection refused"));
    }
}

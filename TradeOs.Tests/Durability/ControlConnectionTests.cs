using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Durability;

/// <summary>The control connection against a real server.</summary>
public sealed class ControlConnectionTests
{
    [Test]
    public async Task Execute_OnAReadyServer_AnswersAndReadsInfoAndConfig()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var connection = await ControlConnection.ConnectAsync(server.Options, default);

        await connection.ExecuteAsync("SET", "a", "b");

        Assert.That((string?)await connection.ExecuteAsync("GET", "a"), Is.EqualTo("b"));
        Assert.That((await connection.InfoAsync("persistence"))["aof_enabled"], Is.EqualTo("1"));
        Assert.That(await connection.ConfigAsync("appendfsync"), Is.EqualTo("always"));
        Assert.That(await connection.ConfigAsync("no-such-setting"), Is.Null);
    }

    [Test]
    public async Task Execute_ThatTheServerRefuses_PassesItsErrorThrough()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var connection = await ControlConnection.ConnectAsync(server.Options, default);
        await connection.ExecuteAsync("SET", "a", "b");

        var error = Assert.ThrowsAsync<RedisServerException>(() => connection.ExecuteAsync("XADD", "a", "*", "f", "v"));

        Assert.That(error!.Message, Does.Contain("WRONGTYPE"));
    }

    [Test]
    public void Connect_WhereNothingListens_IsUnavailableAndSaysWhereAndWhatNext()
    {
        var options = new RedisOptions { Endpoint = $"127.0.0.1:{RedisServerProcess.FreePort()}" };

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => ControlConnection.ConnectAsync(options, default));

        Assert.That(error!.Message, Does.Contain(options.Endpoint).And.Contain("refused").And.Contain("Start it"));
    }

    [TestCase("wrong", "did not accept Redis:Password: WRONGPASS")]
    [TestCase("", "wants a password, found none in Redis:Password: NOAUTH")]
    [TestCase("unasked", "needs no password, expected it to check the one in Redis:Password")]
    public async Task Connect_WithAWrongOrMissingOrUnaskedPassword_IsRefused(string ours, string message)
    {
        await using var server = await RedisServerProcess.StartAsync();
        if (ours != "unasked") await server.CliAsync("CONFIG", "SET", "requirepass", "right");
        var options = server.Options;
        options.Password = ours;

        var error = Assert.ThrowsAsync<RefusedException>(() => ControlConnection.ConnectAsync(options, default));
        var ofData = Assert.ThrowsAsync<RefusedException>(
            () => DataConnection.ConnectAsync(options, TimeProvider.System, default));

        Assert.That(error!.Message, Does.StartWith($"Redis at {server.Endpoint} {message}"));
        Assert.That(error.Message, Does.Contain("Set Redis:Password").Or.Contain("or set Redis:Password to \"\""));
        if (ours.Length > 0) Assert.That(error.Message, Does.Not.Contain($" {ours} ").And.Not.Contain($"\"{ours}\""));
        Assert.That(ofData!.Message, Does.Contain(message[^30..]));
    }

    [Test]
    public async Task Connect_WithTheRightPassword_Answers()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.CliAsync("CONFIG", "SET", "requirepass", "right");
        var options = server.Options;
        options.Password = "right";

        using var connection = await ControlConnection.ConnectAsync(options, default);

        Assert.That((string?)await connection.ExecuteAsync("PING"), Is.EqualTo("PONG"));
    }

    [Test]
    public async Task Execute_WhileTheServerIsAway_IsUnavailableAndRecoversByItself()
    {
        await using var server = await RedisServerProcess.StartAsync();
        using var connection = await ControlConnection.ConnectAsync(server.Options, default);
        await connection.ExecuteAsync("SET", "a", "b");

        await server.KillAsync();

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => connection.ExecuteAsync("PING"));
        Assert.That(error!.Message, Does.Contain(server.Endpoint).And.Contain("is lost"));
        await server.StartAgainAsync();
        var value = await Poll.UntilAsync(async () =>
        {
            try
            {
                return (string?)await connection.ExecuteAsync("GET", "a");
            }
            catch (BusUnavailableException)
            {
                return null;
            }
        });
        Assert.That(value, Is.EqualTo("b"));
    }

    [Test]
    public async Task Execute_OnAStoppedServer_IsUnavailableAfterTheCommandTimeout()
    {
        await using var server = await RedisServerProcess.StartAsync();
        var options = server.Options;
        options.CommandTimeout = TimeSpan.FromSeconds(1);
        using var connection = await ControlConnection.ConnectAsync(options, default);
        await Signals.StopAsync(server.ProcessId);

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => connection.ExecuteAsync("PING"));

        Assert.That(error!.Message, Does.Contain(server.Endpoint).And.Contain("no answer in time"));
    }
}

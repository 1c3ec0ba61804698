using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.ManagedServers;

/// <summary>Whose server is used in which mode.</summary>
public sealed class ServerChoiceTests
{
    private ManagedHost _host = null!;

    [SetUp]
    public void Create() => _host = new ManagedHost();

    [TearDown]
    public async Task Remove() => await _host.DisposeAsync();

    [Test]
    public void External_WhereNothingListens_IsUnavailableAndStartsNothing()
    {
        _host.Options.Mode = RedisMode.External;

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain(_host.Options.Endpoint).And.Contain("Start it"));
        Assert.That(Directory.Exists(_host.Paths.Directory), Is.False);
    }

    [TestCase(RedisMode.External)]
    [TestCase(RedisMode.Auto)]
    public async Task WhatListens_IsUsedAndLeftRunning(RedisMode mode)
    {
        await using var other = await RedisServerProcess.StartAsync();
        (_host.Options.Mode, _host.Options.Endpoint) = (mode, other.Endpoint);

        var server = await _host.StartAsync();
        await server.DisposeAsync();

        Assert.That(server.IsManaged, Is.False);
        Assert.That(server.Completion.IsCanceled, Is.True);
        Assert.That(await other.CliAsync("PING"), Is.EqualTo("PONG"));
        Assert.That(_host.Log.Lines, Is.Empty);
    }

    [Test]
    public async Task Auto_WhereNothingListens_StartsAManagedServer()
    {
        _host.Options.Mode = RedisMode.Auto;

        await using var server = await _host.StartAsync();

        Assert.That((server.IsManaged, _host.ProcessId is null), Is.EqualTo((true, false)));
    }

    [Test]
    public void Auto_InPlaceOfAnExternalServer_IsRefusedAndNamesIt()
    {
        _host.Options.Mode = RedisMode.Auto;
        var file = new InstanceFile(_host.DataDirectory);
        file.WriteDraft(new InstanceRecord("7f3a", "127.0.0.1:6379", InstanceRecord.External));
        file.PublishDraft();

        var error = Assert.ThrowsAsync<RefusedException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain("remembers an external Redis, instance 7f3a, last at 127.0.0.1:6379")
            .And.Contain("Start it again").And.Contain("--adopt"));
        Assert.That(_host.ProcessId, Is.Null);
    }

    [Test]
    public async Task Auto_InPlaceOfItsOwnServer_StartsItAgain()
    {
        _host.Options.Mode = RedisMode.Auto;
        await using (var server = await _host.StartAsync()) await AdmitAsync(server);

        await using var again = await _host.StartAsync();

        Assert.That(again.IsManaged, Is.True);
        await AdmitAsync(again);
    }

    [Test]
    public void Auto_AtAnotherMachine_StartsNothingThere()
    {
        (_host.Options.Mode, _host.Options.Endpoint) = (RedisMode.Auto, "redis.invalid:6379");

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain("redis.invalid:6379 cannot be reached"));
        Assert.That(Directory.Exists(_host.Paths.Directory), Is.False);
    }

    [TestCase("unix:/nowhere/redis.sock", "there is no socket /nowhere/redis.sock")]
    [TestCase("rediss://127.0.0.1:1", "refused")]
    public void Auto_WhereAManagedServerCouldNotListen_StartsNothing(string endpoint, string found)
    {
        (_host.Options.Mode, _host.Options.Endpoint) = (RedisMode.Auto, endpoint);

        var error = Assert.ThrowsAsync<BusUnavailableException>(() => _host.StartAsync());

        Assert.That(error!.Message, Does.Contain($"{endpoint} cannot be reached").And.Contain(found));
        Assert.That(Directory.Exists(_host.Paths.Directory), Is.False);
    }

    /// <summary>What the composition does with a server: the gate, with the identity of the data directory.</summary>
    private async Task AdmitAsync(RedisServer server)
    {
        var identity = new InstanceIdentity(
            _host.DataDirectory, server.IsManaged, adopt: false, TimeProvider.System,
            new LogLines<InstanceIdentity>());
        using var gate = new ServerGate(
            _host.Options, server.IsManaged, identity, TimeProvider.System, new LogLines<ServerGate>());
        using var connection = await ControlConnection.ConnectAsync(_host.Options, default);
        await gate.AdmitAsync((await connection.InfoAsync("server"))["run_id"], default);
    }
}

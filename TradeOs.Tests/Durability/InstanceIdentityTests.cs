using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Host;

namespace TradeOs.Tests.Durability;

/// <summary>Which Redis is it?</summary>
public sealed class InstanceIdentityTests
{
    private RedisServerProcess _server = null!;
    private ControlConnection _connection = null!;
    private TemporaryDirectory _data = null!;
    private LogLines<InstanceIdentity> _log = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await RedisServerProcess.StartAsync();
        _connection = await ControlConnection.ConnectAsync(_server.Options, default);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _connection?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    [SetUp]
    public async Task Empty()
    {
        await _connection.ExecuteAsync("FLUSHALL");
        _data = new TemporaryDirectory();
        _log = new LogLines<InstanceIdentity>();
    }

    [TearDown]
    public void Remove() => _data.Dispose();

    private string FilePath => _data["instance.json"];

    private string DraftPath => FilePath + ".new";

    [Test]
    public async Task Verify_OnAFirstInstall_WritesTheSameIdToBothAndSaysSoOnce()
    {
        await VerifyAsync();

        var id = await IdInRedisAsync();
        Assert.That(id, Has.Length.EqualTo(32));
        Assert.That(await File.ReadAllTextAsync(FilePath), Does.Contain($"\"id\": \"{id}\"")
            .And.Contain($"\"endpoint\": \"{_server.Endpoint}\"").And.Contain("\"server\": \"external\""));
        Assert.That(File.Exists(DraftPath), Is.False);
        Assert.That(_log.Lines.Single(), Does.StartWith("Information 340: First install").And.Contain(id));
    }

    [Test]
    public async Task Verify_OfTheSameServerAgain_IsSilentAndChangesNothing()
    {
        await VerifyAsync();
        var (id, file) = (await IdInRedisAsync(), await File.ReadAllTextAsync(FilePath));
        _log.Clear();

        await VerifyAsync();

        Assert.That((await IdInRedisAsync(), await File.ReadAllTextAsync(FilePath)), Is.EqualTo((id, file)));
        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public async Task Verify_OfAnEmptiedRedis_IsRefusedAndNamesIdAndDirectoriesAndTheWayOut()
    {
        await VerifyAsync();
        var id = await IdInRedisAsync();
        await _connection.ExecuteAsync("FLUSHALL");

        var error = Assert.ThrowsAsync<RefusedException>(() => VerifyAsync());

        Assert.That(error!.Message, Does.Contain("no instance id").And.Contain($"{FilePath} expects {id} (external"));
        Assert.That(error.Message, Does.Contain($"dir {_server.Directory}").And.Contain("Restore its data")
            .And.Contain("--adopt").And.Contain("a wiped Redis must not look like a first install"));
        Assert.That(await IdInRedisAsync(), Is.Null);
    }

    [Test]
    public async Task Verify_OfAnEmptiedRedisDuringTheRun_IsDamaged([Values] bool adopted)
    {
        var identity = Identity(adopted);
        await identity.VerifyAsync(_connection, default);
        await _connection.ExecuteAsync("FLUSHALL");

        Assert.ThrowsAsync<StreamDamagedException>(() => identity.VerifyAsync(_connection, default));
    }

    [Test]
    public async Task Verify_OfAnotherInstance_IsRefusedAndNamesBothIds()
    {
        await VerifyAsync();
        var id = await IdInRedisAsync();
        await _connection.ExecuteAsync("SET", RedisKeys.Instance, "somebody-else");

        var error = Assert.ThrowsAsync<RefusedException>(() => VerifyAsync());

        Assert.That(error!.Message, Does.Contain("the instance id somebody-else").And.Contain($"expects {id}"));
    }

    [Test]
    public async Task Verify_OfAKnownRedisWithoutItsFile_IsRefused()
    {
        await _connection.ExecuteAsync("SET", RedisKeys.Instance, "somebody-else");

        var error = Assert.ThrowsAsync<RefusedException>(() => VerifyAsync());

        Assert.That(error!.Message, Does.Contain("holds the instance id somebody-else").And
            .Contain($"{FilePath} is absent").And.Contain("--adopt"));
        Assert.That(File.Exists(FilePath), Is.False);
    }

    [TestCase("tradeos:checkpoint:feasibility")]
    [TestCase("tradeos:readers")]
    [TestCase("fills")]
    public async Task Verify_WhereOurKeysAreButNoId_IsRefusedAndNamesTheKey(string key)
    {
        await _connection.ExecuteAsync("SET", key, "x");

        var error = Assert.ThrowsAsync<RefusedException>(() => VerifyAsync());

        Assert.That(error!.Message, Does.Contain($"the key {key}, and").And.Contain("--adopt"));
        Assert.That(await IdInRedisAsync(), Is.Null);
    }

    [Test]
    public async Task Verify_WhereOnlyOthersKeysAre_IsAFirstInstall()
    {
        await _connection.ExecuteAsync("SET", "cache:1", "x");

        await VerifyAsync();

        Assert.That(await IdInRedisAsync(), Is.Not.Null);
    }

    [Test]
    public async Task Verify_WithAdoptOnAnEmptiedRedis_WritesANewIdToBoth()
    {
        await VerifyAsync();
        var before = await IdInRedisAsync();
        await _connection.ExecuteAsync("FLUSHALL");
        _log.Clear();

        await VerifyAsync(adopt: true);

        var after = await IdInRedisAsync();
        Assert.That(after, Is.Not.Null.And.Not.EqualTo(before));
        Assert.That(await File.ReadAllTextAsync(FilePath), Does.Contain(after));
        Assert.That(_log.Lines.Single(), Does.StartWith("Information 341: Adopted").And.Contain(before));
        await VerifyAsync();
    }

    [Test]
    public async Task Verify_WithAdoptOfAnotherInstance_TakesItsId()
    {
        await VerifyAsync();
        await _connection.ExecuteAsync("SET", RedisKeys.Instance, "somebody-else");

        await VerifyAsync(adopt: true);

        Assert.That(await IdInRedisAsync(), Is.EqualTo("somebody-else"));
        Assert.That(await File.ReadAllTextAsync(FilePath), Does.Contain("somebody-else"));
        await VerifyAsync();
    }

    [Test]
    public async Task Verify_AfterAFirstInstallCutShortBeforeRedisWasTold_GoesOnWithItsId()
    {
        WriteDraft("drafted");

        await VerifyAsync();

        Assert.That(await IdInRedisAsync(), Is.EqualTo("drafted"));
        Assert.That(await File.ReadAllTextAsync(FilePath), Does.Contain("drafted"));
        Assert.That(File.Exists(DraftPath), Is.False);
    }

    [Test]
    public async Task Verify_AfterAFirstInstallCutShortBeforeTheRename_GoesOn()
    {
        WriteDraft("drafted");
        await _connection.ExecuteAsync("SET", RedisKeys.Instance, "drafted");

        await VerifyAsync();

        Assert.That(await File.ReadAllTextAsync(FilePath), Does.Contain("drafted"));
        Assert.That(File.Exists(DraftPath), Is.False);
    }

    [Test]
    public async Task Verify_WithADraftOfAnotherId_IsRefused()
    {
        WriteDraft("drafted");
        await _connection.ExecuteAsync("SET", RedisKeys.Instance, "somebody-else");

        Assert.ThrowsAsync<RefusedException>(() => VerifyAsync());
    }

    [Test]
    public async Task Verify_WithADraftCutShortInTheMiddle_IsAFirstInstall()
    {
        await File.WriteAllTextAsync(DraftPath, "{ \"id\": \"dra");

        await VerifyAsync();

        Assert.That(await IdInRedisAsync(), Has.Length.EqualTo(32));
    }

    [Test]
    public async Task Verify_WithAFileNobodyUnderstands_IsRefusedAndNamesIt()
    {
        await File.WriteAllTextAsync(FilePath, "oops");

        var error = Assert.ThrowsAsync<RefusedException>(() => VerifyAsync());

        Assert.That(error!.Message, Does.StartWith(FilePath).And.Contain("found \"oops\"").And.Contain("--adopt"));
    }

    [Test]
    public async Task Verify_OfTwoHostsAtOnceOnAFirstInstall_GivesBothTheSameId()
    {
        for (var round = 0; round < 20; round++)
        {
            await Empty();

            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => VerifyAsync())));

            var id = await IdInRedisAsync();
            Assert.That(await File.ReadAllTextAsync(FilePath), Does.Contain($"\"id\": \"{id}\""), $"round {round}");
            Assert.That(File.Exists(DraftPath), Is.False);
        }
    }

    [Test]
    public async Task Verify_WhileAFrozenHostIsInstalled_IsRefusedAndNamesTheLock()
    {
        using var frozen = await new InstanceFile(_data.Path).LockAsync(TimeProvider.System, default);

        var error = Assert.ThrowsAsync<RefusedException>(
            () => Identity(adopt: false, new Hurry()).VerifyAsync(_connection, default));

        Assert.That(error!.Message, Does.StartWith($"{FilePath}.lock has been held by another host for 10 s").And
            .Contain("frozen").And.Contain("start again"));
        Assert.That(await IdInRedisAsync(), Is.Null);
    }

    [Test]
    public void Draft_OnAFullDisk_IsRefusedAndLeavesTheFileAsItWas()
    {
        File.CreateSymbolicLink(DraftPath, "/dev/full");

        var error = Assert.Throws<RefusedException>(() => WriteDraft("drafted"));

        Assert.That(error!.Message, Does.StartWith($"{DraftPath} cannot be written: No space left on device").And
            .Contain("Make room on its disk"));
        Assert.That(File.Exists(FilePath), Is.False);
    }

    private void WriteDraft(string id) =>
        new InstanceFile(_data.Path).WriteDraft(new InstanceRecord(id, _server.Endpoint, InstanceRecord.External));

    private Task VerifyAsync(bool adopt = false) => Identity(adopt).VerifyAsync(_connection, default);

    private InstanceIdentity Identity(bool adopt, TimeProvider? time = null) =>
        new(_data.Path, isManaged: false, adopt, time ?? TimeProvider.System, _log);

    private async Task<string?> IdInRedisAsync() =>
        (string?)await _connection.ExecuteAsync("GET", RedisKeys.Instance);

    /// <summary>A clock on which each look is a minute after the one before.</summary>
    private sealed class Hurry : TimeProvider
    {
        private long _looks;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * 60 * TimestampFrequency;
    }
}

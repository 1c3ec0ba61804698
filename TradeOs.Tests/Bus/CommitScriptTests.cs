using System.Globalization;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>What hands other than ours may have done to the keys a commit stands on: it must write all or
/// nothing.</summary>
[TestFixture]
public sealed class CommitScriptTests : RedisFixture
{
    [TestCase("count", "")]
    [TestCase("count", "many")]
    [TestCase("written", "")]
    [TestCase("silent", "1x")]
    public async Task Commit_ACounterOfTheCheckpointIsNoNumber_IsDamagedAndWritesNothing(string field, string value)
    {
        using var bus = NewHost();
        await using var reader = await bus.OpenAsync(Copy(ReadMode.Group), Cancel);
        await AddAsync("a");
        var batch = await CopyOfAllAsync(reader);
        if (value.Length == 0) await Server.CliAsync("HDEL", RedisKeys.Checkpoint("copy"), field);
        else await Server.CliAsync("HSET", RedisKeys.Checkpoint("copy"), field, value);

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Damaged));
        Assert.That(reader.Detail, Does.Contain("tradeos:checkpoint:copy").And.Contain("'" + field + "'"));
        Assert.That(await Server.CliAsync("XLEN", "out"), Is.EqualTo("0"));
        Assert.That(await Server.CliAsync("XPENDING", "in", "copy"), Does.StartWith("1\n"));
    }

    /// <summary>Redis does not roll a script back: a command that is not permitted must stop it before its first
    /// write.</summary>
    [TestCase("xadd", "out")]
    [TestCase("hset", "tradeos:checkpoint:copy")]
    [TestCase("hdel", "tradeos:state:copy")]
    [TestCase("xack", "in")]
    public async Task Commit_ACommandIsNotPermittedAnyMore_IsRefusedAndWritesNothing(string command, string key)
    {
        using var bus = NewHost();
        await using var reader = await bus.OpenAsync(Copy(ReadMode.Group), Cancel);
        await AddAsync("a");
        var batch = await CopyOfAllAsync(reader);
        batch.SetState("name", "value");
        await Server.CliAsync("ACL", "SETUSER", "default", "-" + command);
        try
        {
            var error = Assert.ThrowsAsync<RefusedException>(async () => await reader.CommitAsync(batch, Cancel));

            Assert.That(error!.Message, Does.Contain("NOPERM nothing was written")
                .And.EndsWith($"Permit it: ACL SETUSER default +{command} ~{key}"));
        }
        finally
        {
            await Server.CliAsync("ACL", "SETUSER", "default", "+" + command);
        }

        Assert.That(await Server.CliAsync("XLEN", "out"), Is.EqualTo("0"));
        Assert.That(await Server.CliAsync("HLEN", RedisKeys.State("copy")), Is.EqualTo("0"));
        Assert.That(await Server.CliAsync("HGET", RedisKeys.Checkpoint("copy"), "count"), Is.EqualTo("0"));
        Assert.That(await Server.CliAsync("XPENDING", "in", "copy"), Does.StartWith("1\n"));
    }

    /// <summary>The second lock on the door: no connection is killed here, the commit itself must see it.</summary>
    [TestCase("epoch", "2")]
    [TestCase("owner", "another")]
    public async Task Commit_TheCheckpointNamesAnotherEpochOrOwner_IsFencedAndWritesNothing(string field, string value)
    {
        using var bus = NewHost();
        await using var reader = await bus.OpenAsync(Copy(ReadMode.Group), Cancel);
        await AddAsync("a");
        var batch = await CopyOfAllAsync(reader);
        await Server.CliAsync("HSET", RedisKeys.Checkpoint("copy"), field, value);

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Fenced));
        Assert.That(await Server.CliAsync("XLEN", "out"), Is.EqualTo("0"));
        Assert.That(await Server.CliAsync("XPENDING", "in", "copy"), Does.StartWith("1"));
    }

    [TestCase("position", "first")]
    [TestCase("count", "many")]
    [TestCase("count", "")]
    [TestCase("state", "1x")]
    [TestCase("epoch", "9x")]
    public async Task Open_ACheckpointThatCannotBeRead_IsDamagedAndNamesTheField(string field, string value)
    {
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        if (value.Length == 0) await Server.CliAsync("HDEL", RedisKeys.Checkpoint("copy"), field);
        else await Server.CliAsync("HSET", RedisKeys.Checkpoint("copy"), field, value);

        Assert.That(
            async () => await bus.OpenAsync(Copy(ReadMode.Offset), Cancel),
            Throws.TypeOf<StreamDamagedException>()
                .With.Message.Contains("tradeos:checkpoint:copy").And.Message.Contains("'" + field + "'"));
    }

    [TestCase(0)]
    [TestCase(4000)]
    public async Task Commit_AnOutputOfNoOrOfTooManyFields_IsTheStagesFaultAndWritesNothing(int fields)
    {
        using var bus = NewHost();
        await using var reader = await bus.OpenAsync(Copy(ReadMode.Offset), Cancel);
        var batch = new Batch();
        batch.Append("out").Add("text"u8, "first");
        var writer = batch.Append("out");
        for (var field = 0; field < fields; field++) writer.Add("name"u8, field);

        Assert.That(
            async () => await reader.CommitAsync(batch, Cancel),
            Throws.TypeOf<InvariantViolatedException>()
                .With.Message.Contains("out").And.Message.Contains(fields.ToString(CultureInfo.InvariantCulture)));
        Assert.That(await Server.CliAsync("XLEN", "out"), Is.EqualTo("0"));
    }

    [Test]
    public async Task Open_RedisAtItsMaxmemory_WaitsAndResumes()
    {
        using var bus = NewHost();
        await (await bus.OpenAsync(Copy(ReadMode.Offset), Cancel)).DisposeAsync();
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "1");

        var opening = bus.OpenAsync(Copy(ReadMode.Offset), Cancel);
        await Poll.UntilAsync(() => Task.FromResult(opening.IsCompleted || bus.Outage.Current is not null));
        await Server.CliAsync("CONFIG", "SET", "maxmemory", "0");

        await using var reader = await opening;
        Assert.That(await reader.CommitAsync(new Batch(), Cancel), Is.EqualTo(CommitResult.Committed));
    }

    [Test]
    public async Task Commit_ManyOutputsAndManyStateKeys_LandWhole()
    {
        using var bus = NewHost();
        await using var reader = await bus.OpenAsync(Copy(ReadMode.Offset), Cancel);
        var batch = new Batch();
        for (var number = 0; number < 3000; number++)
        {
            batch.Append("out").Add("text"u8, number);
            batch.SetState(number.ToString(CultureInfo.InvariantCulture), $"set {number}");
        }

        var written = await reader.CommitAsync(batch, Cancel);
        var kept = await StateAsync("copy");
        batch.Clear();
        for (var number = 0; number < 2999; number++) batch.RemoveState(number.ToString(CultureInfo.InvariantCulture));
        var removed = await reader.CommitAsync(batch, Cancel);

        Assert.That((written, removed), Is.EqualTo((CommitResult.Committed, CommitResult.Committed)));
        Assert.That(await Server.CliAsync("XLEN", "out"), Is.EqualTo("3000"));
        Assert.That(
            kept.OrderBy(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture)).Select(pair => pair.Value),
            Is.EqualTo(Enumerable.Range(0, 3000).Select(number => $"set {number}")));
        Assert.That(await StateAsync("copy"), Is.EqualTo(new Dictionary<string, string> { ["2999"] = "set 2999" }));
    }
}

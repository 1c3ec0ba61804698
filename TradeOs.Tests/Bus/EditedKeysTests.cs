using System.Collections.Immutable;
using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Bus;

/// <summary>Keys of ours that somebody edited, set back or took away are found, and nothing is written over
/// them.</summary>
[TestFixture]
public sealed class EditedKeysTests : RedisFixture
{
    private static readonly string Checkpoint = RedisKeys.Checkpoint("copy");
    private static readonly string State = RedisKeys.State("copy");

    private static readonly ImmutableDictionary<string, StreamLimit> Bounded =
        ImmutableDictionary<string, StreamLimit>.Empty.Add("out", new StreamLimit(20, ["sink"]));

    [TestCase("position", "0-0")]
    [TestCase("count", "7")]
    [TestCase("written", "7")]
    [TestCase("silent", "7")]
    [TestCase("commit", "2@1")]
    public async Task Commit_AFieldOfTheCheckpointWasEdited_IsDamagedAndWritesNothing(string field, string value)
    {
        using var bus = NewHost();
        await using var reader = await CommittedAsync(bus);
        await AddAsync("b");
        var batch = await CopyOfAllAsync(reader);
        await Server.CliAsync("HSET", Checkpoint, field, value);

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Damaged));
        Assert.That(reader.Detail, Does.Contain(Checkpoint + " was edited").And.Contain(value));
        Assert.That(await TextsAsync("out"), Is.EqualTo(["a"]));
    }

    [TestCase("HSET", "mine")]
    [TestCase("DEL", null)]
    public async Task Commit_KeysOfTheStateWereChanged_IsDamagedAndWritesNothing(string command, string? key)
    {
        using var bus = NewHost();
        await using var reader = await CommittedAsync(bus);
        await AddAsync("b");
        var batch = await CopyOfAllAsync(reader);
        await Server.CliAsync(key is null ? [command, State] : [command, State, key, "{}"]);

        var result = await reader.CommitAsync(batch, Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Damaged));
        Assert.That(reader.Detail, Does.Contain(State));
        Assert.That(await TextsAsync("out"), Is.EqualTo(["a"]));
    }

    /// <summary>The reader finds the edit at its own commit; what was trimmed before cannot be brought back.</summary>
    [TestCase("HSET tradeos:checkpoint:sink count 20")]
    [TestCase("COPY tradeos:checkpoint:copy tradeos:checkpoint:sink REPLACE")]
    public async Task Commit_TheReaderOfAFullOutputWasEdited_IsFullAndTrimsNothingUnread(string edit)
    {
        using var bus = NewHost(Bounded);
        await using var reader = await bus.OpenAsync(Copy(ReadMode.Offset), Cancel);
        await using var sink = await bus.OpenAsync(new("sink", "out", ReadMode.Offset, [], 1), Cancel);
        await AddAsync([.. Enumerable.Range(0, 20).Select(number => $"{number}")]);
        await reader.CommitAsync(await CopyOfAllAsync(reader), Cancel);
        await AddAsync("a", "b");
        var batch = await CopyOfAllAsync(reader);
        await Server.CliAsync(edit.Split(' '));

        var edited = await reader.CommitAsync(batch, Cancel);
        await Server.CliAsync("HDEL", RedisKeys.Checkpoint("sink"), "checksum");
        var taken = await reader.CommitAsync(batch, Cancel);

        Assert.That((edited, taken), Is.EqualTo((CommitResult.Full, CommitResult.Committed)));
        Assert.That((await TextsAsync("out")).TakeLast(3), Is.EqualTo(["19", "a", "b"]));
    }

    /// <summary>A reader cannot have read more than was ever appended.</summary>
    [Test]
    public async Task Commit_TheAppendedCountOfAFullOutputWasSetBack_IsFullAndTrimsNothingUnread()
    {
        using var bus = NewHost(Bounded);
        await using var reader = await bus.OpenAsync(Copy(ReadMode.Offset), Cancel);
        await using var sink = await bus.OpenAsync(new("sink", "out", ReadMode.Offset, [], 1), Cancel);
        await AddAsync([.. Enumerable.Range(0, 19).Select(number => $"{number}")]);
        await reader.CommitAsync(await CopyOfAllAsync(reader), Cancel);
        var read = new Batch();
        foreach (var entry in await sink.ReadAsync(100, Moment, Cancel)) read.Complete(entry.Id);
        Assert.That(await sink.CommitAsync(read, Cancel), Is.EqualTo(CommitResult.Committed));
        await AddAsync([.. Enumerable.Range(19, 19).Select(number => $"{number}")]);
        Assert.That(await reader.CommitAsync(await CopyOfAllAsync(reader), Cancel), Is.EqualTo(CommitResult.Committed));
        var texts = await TextsAsync("out");
        await Server.CliAsync("XTRIM", "out", "MAXLEN", "18");
        await AddAsync("a", "b", "c");
        await Server.CliAsync(
            "EVAL", "local last = redis.call('XREVRANGE', 'out', '+', '-', 'COUNT', 1)[1][1] " +
            "redis.call('XSETID', 'out', last, 'ENTRIESADDED', 18, 'MAXDELETEDID', '0-0')", "0");

        var result = await reader.CommitAsync(await CopyOfAllAsync(reader), Cancel);

        Assert.That(result, Is.EqualTo(CommitResult.Full));
        Assert.That(await TextsAsync("out"), Is.EqualTo(texts.TakeLast(18)));
    }

    [TestCase("position", "0-0")]
    [TestCase("count", "7")]
    public async Task Open_AFieldOfTheCheckpointWasEdited_IsDamagedUntilPutBack(string field, string value)
    {
        using (var bus = NewHost()) await (await CommittedAsync(bus)).DisposeAsync();
        await AddAsync("b", "c", "d", "e", "f", "g");
        var before = await Server.CliAsync("HGET", Checkpoint, field);
        await Server.CliAsync("HSET", Checkpoint, field, value);
        for (var time = 0; time < 2; time++)
        {
            using var host = NewHost();
            Assert.That(
                async () => await host.OpenAsync(Copy(ReadMode.Group), Cancel),
                Throws.TypeOf<StreamDamagedException>().With.Message.Contains(Checkpoint + " was edited")
                    .And.Message.Contains($"HDEL {Checkpoint} checksum"));
        }

        await Server.CliAsync("HSET", Checkpoint, field, before);
        using var next = NewHost();
        await (await next.OpenAsync(Copy(ReadMode.Group), Cancel)).DisposeAsync();
    }

    [Test]
    public async Task Open_AValueOfTheStateWasEdited_IsDamaged()
    {
        using (var bus = NewHost()) await (await CommittedAsync(bus)).DisposeAsync();
        await Server.CliAsync("HSET", State, "key", "another");

        using var host = NewHost();

        Assert.That(
            async () => await host.OpenAsync(Copy(ReadMode.Group), Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains(State).And.Message.Contains("digest"));
    }

    [Test]
    public async Task Open_AnOutputSetBackToAnOlderCopy_IsDamaged()
    {
        using (var bus = NewHost())
        {
            await using var reader = await CommittedAsync(bus);
            await Server.CliAsync("COPY", "out", "older");
            await AddAsync("b");
            await reader.CommitAsync(await CopyOfAllAsync(reader), Cancel);
        }

        await Server.CliAsync("RENAME", "older", "out");
        using var host = NewHost();

        Assert.That(
            async () => await host.OpenAsync(Copy(ReadMode.Group), Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("out: its last id is")
                .And.Message.Contains("set back to an older copy"));
    }

    [TestCase("tradeos:checkpoint:copy")]
    [TestCase("tradeos:state:copy")]
    [TestCase("in")]
    [TestCase("out")]
    public async Task Look_AKeyIsGoneWhileNothingMoves_IsDamagedAndNamesIt(string key)
    {
        using var bus = NewHost();
        await using var reader = await CommittedAsync(bus);
        using var watch = new LossWatch(bus, Server.Options);
        Assert.That(await watch.TryLookAsync(Cancel), Is.True);
        await Server.CliAsync("DEL", key);

        Assert.That(
            async () => await watch.TryLookAsync(Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains(key));
    }

    [Test]
    public async Task Open_AllDataSetBack_IsDamagedForAHostThatRemembers()
    {
        var memory = new PipelineMemory();
        memory.Note("copy", 5);
        using (var bus = NewHost()) await (await CommittedAsync(bus)).DisposeAsync();
        using var host = NewHost(memory);

        Assert.That(
            async () => await host.OpenAsync(Copy(ReadMode.Group), Cancel),
            Throws.TypeOf<StreamDamagedException>().With.Message.Contains("had acknowledged 5 inputs"));
    }

    /// <summary>One entry copied, with a piece of state.</summary>
    private async Task<IStreamReader> CommittedAsync(RedisStreamBus bus)
    {
        var reader = await bus.OpenAsync(Copy(ReadMode.Group), Cancel);
        await AddAsync("a");
        var batch = await CopyOfAllAsync(reader);
        batch.SetState("key", "value");
        Assert.That(await reader.CommitAsync(batch, Cancel), Is.EqualTo(CommitResult.Committed));
        return reader;
    }
}

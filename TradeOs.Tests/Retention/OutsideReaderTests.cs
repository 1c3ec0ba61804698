using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Retention;

/// <summary>A program outside the pipeline that registered is not trimmed past; one that did not, is.</summary>
[TestFixture]
public sealed class OutsideReaderTests : RetentionFixture
{
    [Test]
    public async Task Commit_NobodyRegistered_TrimsWhatAProgramHasNotRead()
    {
        await FillAsync(500);

        Assert.That(await IdsAsync(), Has.Count.LessThanOrEqualTo(MaxLength));
    }

    [Test]
    public async Task Commit_AnOutsideReaderBehind_IsFullNamesItAndKeepsAllItHasNotRead()
    {
        await FillAsync(50);
        var first = (await IdsAsync())[0];
        Assert.That(await Registry.AddAsync(Python), Is.Null);
        await FillAsync(50);

        var full = await WriteAsync(10);
        var detail = Writer.Detail;
        await SayAsync((await IdsAsync())[59]);
        await FollowAsync(Python);
        await FillAsync(50);

        Assert.That((full, detail), Is.EqualTo((CommitResult.Full, "out held by outside:python")));
        Assert.That((await IdsAsync())[0], Is.Not.EqualTo(first));
        Assert.That(await IdsAsync(), Has.Count.LessThanOrEqualTo(MaxLength));
        Assert.That(await BehindAsync((await StandingAsync("python")).Position), Is.EqualTo(90));
    }

    [Test]
    public async Task Follow_AnOffset_CountsEachEntryOnce()
    {
        await FillAsync(100);
        await Registry.AddAsync(Python);
        var ids = await IdsAsync();

        foreach (var at in (int[])[0, 3, 3, 40, 98, 99])
        {
            await SayAsync(ids[at]);
            var step = await FollowAsync(Python);
            Assert.That((step.Position.ToString(), step.Unread), Is.EqualTo((ids[at], 99L - at)));
            Assert.That(step.Count, Is.EqualTo(100 - await BehindAsync(step.Position)));
        }
    }

    [Test]
    public async Task Follow_FarBehind_IsCountedInBoundedSteps()
    {
        for (var page = 0; page < 12; page++)
        {
            string[] add = ["XADD", "out", "*", "text", "x"];
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Control.ExecuteAsync(add[0], [.. add[1..]])));
        }

        await Registry.AddAsync(Python);
        await SayAsync((await IdsAsync())[^1]);

        var first = await Registry.FollowAsync(Python, Limit, false, false);
        var last = await FollowAsync(Python);

        Assert.That((first!.Count, first.IsAll), Is.EqualTo((OutsideRegistry.StepCountMax, false)));
        Assert.That((last.Count, last.Unread), Is.EqualTo((1_200, 0)));
    }

    [Test]
    public async Task Follow_AGroup_StandsBeforeItsOldestPendingEntry()
    {
        await FillAsync(50);
        await Server.CliAsync("XGROUP", "CREATE", "out", "mine", "0");
        await Registry.AddAsync(Grouped);
        var read = await ReadInGroupAsync(20);
        var pending = await FollowAsync(Grouped);
        await Server.CliAsync(["XACK", "out", "mine", .. read.Take(7), .. read.Skip(8)]);
        var gap = await FollowAsync(Grouped);
        await Server.CliAsync("XACK", "out", "mine", read[7]);
        var all = await FollowAsync(Grouped);

        Assert.That((pending.Count, gap.Count, all.Count), Is.EqualTo((0, 7, 20)));
        Assert.That(gap.Position.ToString(), Is.EqualTo(read[6]));
        Assert.That(all.Position.ToString(), Is.EqualTo(read[19]));
    }

    [Test]
    public async Task Add_AGroupInTheMiddle_BeginsAtTheOldestEntryAndCountsUpToIt()
    {
        await FillAsync(200);
        var ids = await IdsAsync();
        await Server.CliAsync("XGROUP", "CREATE", "out", "mine", ids[29]);

        var refusal = await Registry.AddAsync(Grouped);
        var atFirst = (await StandingAsync("grouped")).Count;
        var step = await FollowAsync(Grouped);

        Assert.That(refusal, Is.Null);
        Assert.That(atFirst, Is.EqualTo(200 - ids.Count));
        Assert.That((step.Unread, step.Position.ToString()), Is.EqualTo((ids.Count - 30, ids[29])));
    }

    [Test]
    public async Task Add_WhatCannotBe_IsToldAndWritesNothing()
    {
        await FillAsync(10);
        await Registry.AddAsync(Python);
        await Server.CliAsync("HSET", "tradeos:offset:ahead", "position", "9999999999999-0");
        await Server.CliAsync("HSET", "tradeos:offset:odd", "position", "latest");

        var taken = await Registry.AddAsync(Python with { Group = "mine" });
        var noGroup = await Registry.AddAsync(Grouped);
        var ahead = await Registry.AddAsync(Python with { Name = "ahead" });
        var odd = await Registry.AddAsync(Python with { Name = "odd" });

        Assert.That(taken, Is.EqualTo("python is registered already, for out"));
        Assert.That(noGroup, Is.EqualTo("the consumer group mine is not there"));
        Assert.That(ahead, Does.Match("^its position 9999999999999-0 is ahead of the stream, which ends at [0-9-]+$"));
        Assert.That(odd, Is.EqualTo("position of tradeos:offset:odd is \"latest\", expected an id such as 1732-0"));
        Assert.That(await Server.CliAsync("SMEMBERS", "tradeos:outside"), Is.EqualTo("python"));
        Assert.That(await Server.CliAsync("SMEMBERS", "tradeos:outside:out"), Is.EqualTo("python"));
    }

    [Test]
    public async Task Follow_APositionMovedBackOrAhead_IsToldAndHoldsWhatItHeld()
    {
        await FillAsync(50);
        await Registry.AddAsync(Python);
        var ids = await IdsAsync();
        await SayAsync(ids[9]);
        var was = await FollowAsync(Python);

        await SayAsync(ids[3]);
        var back = await FollowAsync(Python);
        await SayAsync("99999999999999-0");
        var ahead = await FollowAsync(Python);
        await SayAsync(ids[20]);
        var again = await FollowAsync(Python);

        Assert.That(back.Trouble, Is.EqualTo(
            $"its position moved back to {ids[3]} from {ids[9]}, what it was done with may be trimmed"));
        Assert.That(ahead.Trouble, Does.StartWith("its position 99999999999999-0 is ahead of the stream"));
        Assert.That((was.Count, back.Count, ahead.Count), Is.EqualTo((10, 10, 10)));
        Assert.That((again.Count, again.Trouble), Is.EqualTo((21, "")));
    }

    [TestCase("HSET tradeos:offset:python position 1-99999999999999999999", "expected an id such as 1732-0")]
    [TestCase("HSET tradeos:checkpoint:outside:python count nan", "has no count or no position")]
    [TestCase("CONFIG SET maxmemory 1", "maxmemory")]
    public async Task Look_AReaderThatCannotBeFollowed_IsSaidAndStopsNothing(string damage, string said)
    {
        await Registry.AddAsync(Python with { OnStuck = StuckRule.Release });
        await FillAsync(100);
        using var watch = Watch(null, "out held by outside:python");
        await watch.LookAsync(Cancel);
        await Server.CliAsync(damage.Split(' '));
        try
        {
            await watch.LookAsync(Cancel);
            await watch.LookAsync(Cancel);
        }
        finally
        {
            await Server.CliAsync("CONFIG", "SET", "maxmemory", "0");
        }

        Assert.That(Log.Lines, Has.Count.EqualTo(1).And.All.Contains(said));
        Assert.That(await WriteAsync(10), Is.EqualTo(CommitResult.Full));
    }

    [Test]
    public async Task Remove_IsForgottenAndTrimmedPast()
    {
        await Registry.AddAsync(Python);
        await SayAsync("0-1");
        await FillAsync(100);

        var full = await WriteAsync(10);
        var removed = await Registry.RemoveAsync(Python);
        var again = await Registry.RemoveAsync(Python);

        Assert.That((full, removed, again), Is.EqualTo((CommitResult.Full, true, false)));
        Assert.That(await WriteAsync(10), Is.EqualTo(CommitResult.Committed));
        Assert.That(await Server.CliAsync("KEYS", "tradeos:*outside*"), Is.Empty);
        Assert.That(await Server.CliAsync("KEYS", "tradeos:offset:*"), Is.Empty);
    }

    [TestCase("DEL tradeos:checkpoint:outside:python")]
    [TestCase("HSET tradeos:checkpoint:outside:python count nan")]
    [TestCase("HSET tradeos:checkpoint:outside:python count 1000000")]
    public async Task Commit_RegistrationEdited_WaitsRatherThanTrims(string edit)
    {
        await Registry.AddAsync(Python);
        await Server.CliAsync(edit.Split(' '));
        await FillAsync(100);

        Assert.That(await WriteAsync(10), Is.EqualTo(CommitResult.Full));
        Assert.That(Writer.Detail, Is.EqualTo("out held by outside:python"));
    }

    [Test]
    public async Task Commit_TheSetIsAnotherType_IsDamagedAndNamesIt()
    {
        await FillAsync(100);
        await Server.CliAsync("SET", "tradeos:outside:out", "x");

        Assert.That(await WriteAsync(10), Is.EqualTo(CommitResult.Damaged));
        Assert.That(Writer.Detail, Is.EqualTo("tradeos:outside:out is a string, expected a set"));
    }
}

using NUnit.Framework;
using TradeOs.Bus;

namespace TradeOs.Tests.Retention;

/// <summary>An outside reader that is stuck is waited for, or released after its time; what it loses is
/// counted.</summary>
[TestFixture]
public sealed class StuckReaderReleaseTests : RetentionFixture
{
    private static readonly OutsideReader Patient =
        Python with { OnStuck = StuckRule.Release, ReleaseAfter = TimeSpan.FromMinutes(10) };

    [Test]
    public async Task Look_StuckForItsTime_ReleasesItOnceAndSaysSo()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(100);
        using var watch = Watch(null, "out held by outside:python");

        await watch.LookAsync(Cancel);
        Time.Now += TimeSpan.FromMinutes(9);
        await watch.LookAsync(Cancel);
        var before = await WriteAsync(10);
        Time.Now += TimeSpan.FromMinutes(1);
        await watch.LookAsync(Cancel);
        await watch.LookAsync(Cancel);

        Assert.That(before, Is.EqualTo(CommitResult.Full));
        Assert.That(await WriteAsync(10), Is.EqualTo(CommitResult.Committed));
        var standing = await StandingAsync("python");
        Assert.That((standing.IsHolding, standing.Released), Is.EqualTo((false, "2026-11-29 10:10:00Z")));
        Assert.That(Log.Lines, Is.EqualTo([
            "Warning 130: Outside reader python held out for 600 s without moving from 0-0, and is released: its " +
            "unread entries are trimmed from now on. To wait for it again: tradeos readers add.",
        ]));
    }

    [Test]
    public async Task Look_StuckButMovedInTime_IsNotReleased()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(100);
        using var watch = Watch();
        var ids = await IdsAsync();

        await watch.LookAsync(Cancel);
        for (var moved = 0; moved < 4; moved++)
        {
            Time.Now += TimeSpan.FromMinutes(9);
            await SayAsync(ids[moved]);
            await watch.LookAsync(Cancel);
        }

        Assert.That((await StandingAsync("python")).IsHolding, Is.True);
    }

    [Test]
    public async Task Look_StuckUnderTheRuleWait_IsNeverReleased()
    {
        await Registry.AddAsync(Python);
        await FillAsync(100);
        using var watch = Watch();

        await watch.LookAsync(Cancel);
        Time.Now += TimeSpan.FromDays(30);
        await watch.LookAsync(Cancel);

        Assert.That((await StandingAsync("python")).IsHolding, Is.True);
        Assert.That(await WriteAsync(10), Is.EqualTo(CommitResult.Full));
    }

    [Test]
    public async Task Look_TheTimeWithoutAHost_DoesNotCountAsStuck()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(100);
        using (var ended = Watch()) await ended.LookAsync(Cancel);
        Time.Now += TimeSpan.FromHours(8);

        using var watch = Watch();
        await watch.LookAsync(Cancel);

        Assert.That((await StandingAsync("python")).IsHolding, Is.True);
    }

    [Test]
    public async Task Look_TheTimeWithoutRedis_DoesNotCountAsStuck()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(100);
        using var watch = Watch(null, "out held by outside:python");
        await watch.LookAsync(Cancel);
        await Server.KillAsync();
        var away = await watch.LookAsync(Cancel);
        await Server.StartAgainAsync();
        Time.Now += TimeSpan.FromHours(8);

        await Poll.UntilAsync(() => watch.LookAsync(Cancel));

        Assert.That(away, Is.False);
        var seen = await Server.CliAsync("SMEMBERS", "tradeos:outside:out");
        Assert.That(seen, Is.EqualTo("python"));
        Assert.That(Log.Lines, Is.Empty);
    }

    [Test]
    public async Task Look_TheNoteSinceWhenWasEdited_BeginsAnew()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(100);
        using var watch = Watch(null, "out held by outside:python");
        await watch.LookAsync(Cancel);
        await Server.CliAsync("HSET", "tradeos:checkpoint:outside:python", "held", "soon");
        Time.Now += TimeSpan.FromMinutes(9);

        await watch.LookAsync(Cancel);

        Assert.That((await StandingAsync("python")).Held, Is.EqualTo("2026-11-29 10:09:00Z"));
        Assert.That(Log.Lines, Is.Empty);
    }

    [Test]
    public async Task Look_BehindWithRoomLeft_IsNotStuck()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(50);
        using var watch = Watch();

        await watch.LookAsync(Cancel);
        Time.Now += TimeSpan.FromDays(1);
        await watch.LookAsync(Cancel);

        var standing = await StandingAsync("python");
        Assert.That((standing.IsHolding, standing.Held), Is.EqualTo((true, "")));
    }

    [Test]
    public async Task Add_AfterARelease_IsWaitedForAgain()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(100);
        await Registry.ReleaseAsync(Patient, 0);
        await FillAsync(30);

        Assert.That(await Registry.AddAsync(Patient), Is.Null);

        var standing = await StandingAsync("python");
        Assert.That((standing.IsHolding, standing.Released), Is.EqualTo((true, "")));
        Assert.That(standing.Count, Is.EqualTo(130 - (await IdsAsync()).Count));
    }

    [Test]
    public async Task Release_OfOneThatMovedMeanwhile_DoesNothing()
    {
        await Registry.AddAsync(Patient);
        await FillAsync(10);
        await SayAsync((await IdsAsync())[0]);
        await FollowAsync(Patient);

        Assert.That(await Registry.ReleaseAsync(Patient, 0), Is.False);
        Assert.That((await StandingAsync("python")).IsHolding, Is.True);
    }

    [Test]
    public async Task Look_UnreadEntriesTrimmedByHand_AreCountedExactlyAndSaidOnce()
    {
        await Registry.AddAsync(Python);
        await FillAsync(40);
        await SayAsync((await IdsAsync())[9]);
        using var watch = Watch();
        await watch.LookAsync(Cancel);
        await Server.CliAsync("XTRIM", "out", "MAXLEN", "=", "12");

        for (var look = 0; look < 3; look++) await watch.LookAsync(Cancel);

        var standing = await StandingAsync("python");
        Assert.That((standing.Lost, standing.Count), Is.EqualTo((18, 28)));
        Assert.That(Log.Lines, Is.EqualTo([
            "Warning 132: Outside reader python: 18 entries of out vanished before it was done with them. Somebody " +
            "trimmed or deleted them.",
        ]));
    }

    [Test]
    public async Task Look_UnreadEntriesDeletedByHand_AreSeenAtOnceAndCountedWhenItIsThrough()
    {
        await Registry.AddAsync(Python);
        await FillAsync(40);
        var ids = await IdsAsync();
        await SayAsync(ids[9]);
        using var watch = Watch();
        await watch.LookAsync(Cancel);
        await Server.CliAsync("XDEL", "out", ids[20], ids[22], ids[5]);
        await watch.LookAsync(Cancel);
        var seen = await StandingAsync("python");

        await SayAsync(ids[^1]);
        await watch.LookAsync(Cancel);
        var through = await StandingAsync("python");

        Assert.That((seen.Lost, seen.LostTo), Is.EqualTo((0, ids[22])));
        Assert.That((through.Lost, through.Count), Is.EqualTo((2, 40)));
    }
}

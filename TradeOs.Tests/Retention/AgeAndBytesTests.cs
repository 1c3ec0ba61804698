using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Tests.Bus;

namespace TradeOs.Tests.Retention;

/// <summary>MaxAge and MaxBytes take away what is old or too much, and nothing that a reader has not read.</summary>
[TestFixture]
public sealed class AgeAndBytesTests : RetentionFixture
{
    private static readonly StreamLimit Hour = Limit with { MaxAge = TimeSpan.FromHours(1) };

    [Test]
    public async Task Look_EntriesOlderThanMaxAge_AreTakenAwayExactly()
    {
        await AddOldAsync(1_500);
        Time.Now = DateTimeOffset.FromUnixTimeMilliseconds(2_000) + TimeSpan.FromHours(1);
        using var watch = Watch(Hour);

        await watch.LookAsync(Cancel);
        var none = (await IdsAsync()).Count;
        Time.Now += TimeSpan.FromMilliseconds(600);
        await watch.LookAsync(Cancel);

        Assert.That(none, Is.EqualTo(1_500));
        Assert.That((await IdsAsync())[0], Is.EqualTo("2600-0"));
    }

    [Test]
    public async Task Look_OldEntriesAReaderHasNotRead_AreKept()
    {
        await AddOldAsync(100);
        await Registry.AddAsync(Python);
        await SayAsync("2029-0");
        Time.Now = DateTimeOffset.FromUnixTimeMilliseconds(9_000) + TimeSpan.FromHours(1);
        using var watch = Watch(Hour);

        await watch.LookAsync(Cancel);
        var held = await IdsAsync();
        await Registry.RemoveAsync(Python);
        await watch.LookAsync(Cancel);

        Assert.That((held[0], held.Count), Is.EqualTo(("2030-0", 70)));
        Assert.That(await IdsAsync(), Is.Empty);
    }

    [Test]
    public async Task Look_OldEntriesAStageHasNotRead_AreKept()
    {
        await AddOldAsync(100);
        Time.Now = DateTimeOffset.FromUnixTimeMilliseconds(9_000) + TimeSpan.FromHours(1);
        using var watch = Watch(new StreamLimit(MaxLength, ["stage", "other"]) { MaxAge = TimeSpan.FromHours(1) });
        await Server.CliAsync("HSET", "tradeos:checkpoint:stage", "count", "40");
        await watch.LookAsync(Cancel);
        var neverOpened = (await IdsAsync()).Count;
        await Server.CliAsync("HSET", "tradeos:checkpoint:other", "count", "70");

        await watch.LookAsync(Cancel);

        Assert.That(neverOpened, Is.EqualTo(100));
        Assert.That((await IdsAsync())[0], Is.EqualTo("2040-0"));
    }

    [Test]
    public async Task Look_OldEntriesOfAReaderWhoseCheckpointWasEdited_AreKept()
    {
        await AddOldAsync(100);
        Time.Now = DateTimeOffset.FromUnixTimeMilliseconds(9_000) + TimeSpan.FromHours(1);
        using var watch = Watch(new StreamLimit(MaxLength, ["stage"]) { MaxAge = TimeSpan.FromHours(1) });
        await Server.CliAsync("HSET", "tradeos:checkpoint:stage", "count", "40", "checksum", "of another count");
        await watch.LookAsync(Cancel);
        var edited = (await IdsAsync()).Count;
        await Server.CliAsync("HDEL", "tradeos:checkpoint:stage", "checksum");

        await watch.LookAsync(Cancel);

        Assert.That(edited, Is.EqualTo(100));
        Assert.That((await IdsAsync())[0], Is.EqualTo("2040-0"));
    }

    /// <summary>A host that was replaced may still look once before it finds out.</summary>
    [Test]
    public async Task Look_WhileAnotherHostHasThePlace_TrimsAndWritesNothing()
    {
        await AddOldAsync(100);
        await Registry.AddAsync(Python);
        await SayAsync("2049-0");
        Time.Now = DateTimeOffset.FromUnixTimeMilliseconds(9_000) + TimeSpan.FromHours(1);
        using var watch = new RetentionWatch(Server.Options, new OpenGate(), Limits(Hour), Time, Log)
        {
            Owner = "heir",
        };
        await Server.CliAsync("HSET", "tradeos:host", "owner", "another");
        string[] all = ["HGETALL", "tradeos:checkpoint:outside:python"];
        var before = await Server.CliAsync(all);
        await watch.LookAsync(Cancel);
        var (left, after) = ((await IdsAsync()).Count, await Server.CliAsync(all));
        await Server.CliAsync("HSET", "tradeos:host", "owner", "heir");

        await watch.LookAsync(Cancel);

        Assert.That((left, after), Is.EqualTo((100, before)));
        Assert.That((await IdsAsync())[0], Is.EqualTo("2050-0"));
    }

    [Test]
    public async Task Look_LargerThanMaxBytes_IsBroughtBelowItAndNotFarBelow()
    {
        await AddOldAsync(5_000);
        var whole = await BytesAsync();
        using var watch = Watch(Limit with { MaxBytes = whole / 2 });

        await watch.LookAsync(Cancel);

        Assert.That(await BytesAsync(), Is.LessThanOrEqualTo(whole / 2).And.GreaterThan(whole * 4 / 10));
    }

    [Test]
    public async Task Look_NeitherSet_TrimsNothing()
    {
        await AddOldAsync(500);
        using var watch = Watch();

        await watch.LookAsync(Cancel);

        Assert.That(await IdsAsync(), Has.Count.EqualTo(500));
    }

    [Test]
    public async Task Plan_SaysWhatGoesWhoHoldsTheRestAndWhatIsOverdue()
    {
        await FillAsync(100);
        await Registry.AddAsync(Python);
        await SayAsync((await IdsAsync())[4]);
        var step = await FollowAsync(Python);

        var plan = TrimPlan.Of(await RetentionSnapshot.TakeAsync(Control, Limits(Limit)), Limits(Hour), ["out"])[0];

        Assert.That((plan.Length, plan.Next, plan.Most, plan.Held), Is.EqualTo((100, 5, 5, 5)));
        Assert.That((plan.Unread, plan.IsFullFor(5), plan.IsFullFor(6)), Is.EqualTo((95, false, true)));
        Assert.That(plan.Holder, Is.EqualTo(new FloorReader("outside:python", step.Position, 5)));
        var now = DateTimeOffset.UtcNow;
        Assert.That((plan.IsOverdue(now), plan.IsOverdue(now + TimeSpan.FromHours(2))), Is.EqualTo((false, true)));
    }

    private async Task AddOldAsync(int count)
    {
        await Server.CliAsync("DEL", "out");
        for (var entry = 0; entry < count; entry++)
            await Control.ExecuteAsync("XADD", "out", $"{2_000 + entry}-0", "text", "x");
    }

    private async Task<long> BytesAsync() => (long)await Control.ExecuteAsync("MEMORY", "USAGE", "out", "SAMPLES", 0);
}

using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using TradeOs.Tests.Bus;
using TradeOs.Tests.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>Every stream a stage reads, attacked between good entries on a real server: each hostile entry is one dead
/// letter, and everything else comes out as if it had not been there.</summary>
[TestFixture]
public sealed class HostileStreamTests : RedisFixture
{
    private const int GoodBetween = 2;

    private static readonly StageOptions Options = new()
    {
        Account = new AccountOptions { Capital = 1_000_000_000m },
        Feasibility = new FeasibilityOptions { RateMax = 10_000 },
    };

    private static IEnumerable<string> Inputs => Topology.Stages.Select(stage => stage.Input!);

    [TestCaseSource(nameof(Inputs))]
    public async Task Stage_BetweenHostileEntries_BuriesEachOnceAndWritesTheSame(string stream)
    {
        var hostile = HostileEntries.Of(stream).ToArray();
        var good = Good(stream, hostile.Length);
        var without = await RunAsync(stream, good.SelectMany(entries => entries()));
        await EmptyServerAsync();

        var with = await RunAsync(
            stream, good.SelectMany((entries, index) => entries().Concat(Spoilt(stream, hostile, index))));

        Assert.That(without.DeadLetters, Is.Empty, "the control: well-formed entries give none");
        Assert.That(without.Outputs, Is.Not.Empty);
        Assert.That(with.Outputs, Is.EqualTo(without.Outputs));
        Assert.That(with.Rejections, Is.EqualTo(without.Rejections));
        Assert.That(with.DeadLetters, Has.Count.EqualTo(hostile.Length));
        Assert.Multiple(() =>
        {
            for (var index = 0; index < hostile.Length; index++) Verify(with, stream, hostile, index);
        });
        await TestContext.Out.WriteLineAsync($"{stream}: {hostile.Length} hostile, {with.Outputs.Count} outputs");
    }

    [TestCaseSource(nameof(Inputs))]
    public async Task Stage_ShownUnusualButGoodEntries_TakesThem(string stream)
    {
        OutsideEntry[] entries =
        [
            GoodEntries.Of(stream, 0).Reverse(), GoodEntries.Of(stream, 1).Add("note", "\u001b nobody reads this"),
            GoodEntries.Of(stream, 2).Add("note", "1").Add("note", "2"), GoodEntries.Of(stream, 3).Add("", ""),
            GoodEntries.Of(stream, 4).At("99999999999999-7"), GoodEntries.Of(stream, 5),
        ];

        var run = await RunAsync(stream, entries);

        Assert.That(run.DeadLetters, Is.Empty);
        Assert.That(run.Rejections, Is.Empty);
        Assert.That(run.Ids[^1], Does.StartWith("99999999999999-"));
    }

    private static Func<IEnumerable<OutsideEntry>>[] Good(string stream, int count) =>
    [
        .. Enumerable.Range(0, count + 1).Select(index => new Func<IEnumerable<OutsideEntry>>(() =>
            Enumerable.Range(index * GoodBetween, GoodBetween).Select(number => GoodEntries.Of(stream, number)))),
    ];

    private static IEnumerable<OutsideEntry> Spoilt(string stream, HostileEntry[] hostile, int index)
    {
        if (index >= hostile.Length) yield break;
        // Made of the entry before it: what it would do if it were believed would show.
        var entry = GoodEntries.Of(stream, (index * GoodBetween) + 1);
        hostile[index].Spoil(entry);
        yield return entry;
    }

    private static void Verify(StageRun run, string stream, HostileEntry[] hostile, int index)
    {
        var letter = run.DeadLetters[index];
        var place = ((index + 1) * (GoodBetween + 1)) - 1;
        Assert.That(TestText.Of(letter, "id"), Is.EqualTo(run.Ids[place]), hostile[index].Name);
        Assert.That(TestText.Of(letter, "error"), Does.StartWith(hostile[index].Error), hostile[index].Name);
        Assert.That(TestText.Of(letter, "error").Any(char.IsControl), Is.False, hostile[index].Name);
        Assert.That(TestText.Of(letter, "stream"), Is.EqualTo(stream));
        Assert.That(letter.Fields.EncodedBytes, Is.LessThan(20_000), hostile[index].Name);
    }

    private Task<StageRun> RunAsync(string stream, IEnumerable<OutsideEntry> entries) =>
        StageRun.OfAsync(Server, NewHost(), stream, [.. entries], Options);
}

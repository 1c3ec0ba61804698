using System.Globalization;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Checking;

/// <summary>The checker is checked: every kind of damage to every stream is found, and what cannot be found is
/// listed with its reason.</summary>
[TestFixture]
public sealed class MutationTests
{
    /// <summary>Entries of a stream that are damaged in one way, chosen at random.</summary>
    private const int Trials = 4;

    private PipelineCopy _whole = null!;

    private static IEnumerable<string> Streams => Topology.Streams;

    [OneTimeSetUp]
    public async Task MakeAsync() => _whole = await FinishedPipeline.MakeAsync();

    [Test]
    public void Check_OfTheUndamagedPipeline_FindsNothing()
    {
        var report = _whole.Check();

        Assert.That(report.Findings, Is.Empty);
        Assert.That(report.Unproven, Is.Empty);
        foreach (var stream in Topology.Streams) Assert.That(_whole.Streams[stream], Has.Count.GreaterThan(2), stream);
    }

    [TestCaseSource(nameof(Streams))]
    [Finds(
        "field", "form", "trace", "cause-missing", "profit", "metrics", "number", "rejection", "letter", "resolution",
        "no-outcome", "cause-order", "outside-entry", "control")]
    public void Check_AFieldChanged_IsFoundOrListedAsBlind(string stream)
    {
        var random = new Random(Seed.Next());
        var blind = new SortedSet<string>(StringComparer.Ordinal);
        var missed = new List<string>();
        foreach (var field in FieldsOf(stream))
        {
            foreach (var place in PlacesWith(stream, field, random))
            {
                var damaged = _whole.Clone();
                damaged.Change(stream, place, (field, Other(field, TextOf(stream, place, field))));
                var report = damaged.Check();
                if (!report.IsClean) continue;
                var why = Blindness.Of(_whole, stream, place, field);
                if (why is null) missed.Add($"{stream}/{_whole.Streams[stream][place].Id} {field}");
                else blind.Add($"{stream} {field}: {why}");
                if (IsHashed(stream, place, field))
                    Assert.That(Sha256(report, stream), Is.Not.EqualTo(Sha256(_whole.Check(), stream)), field);
                else blind.Add($"{stream} {field}: and no digest covers it");
            }
        }

        foreach (var line in blind) TestContext.Out.WriteLine("cannot be found: " + line);
        Assert.That(missed, Is.Empty);
    }

    [TestCaseSource(nameof(Streams))]
    public void Check_AFieldRenamed_IsFound(string stream)
    {
        var random = new Random(Seed.Next());
        foreach (var field in FieldsOf(stream).Where(field => field is not ("atr" or "reason" or "error")))
        {
            foreach (var place in PlacesWith(stream, field, random).Take(1))
            {
                var damaged = _whole.Clone();
                damaged.Rename(stream, place, field);
                Assert.That(
                    damaged.Check().Findings, Is.Not.Empty, $"{stream}/{_whole.Streams[stream][place].Id} {field}");
            }
        }
    }

    [TestCaseSource(nameof(Streams))]
    [Finds("deleted", "vanished")]
    public void Check_AnEntryDeleted_IsFound(string stream) => Damage(
        stream, (damaged, place) => damaged.Delete(stream, place), place => IsBuried(stream, place)
            ? "a dead letter is about it: XDEL is allowed then" : null);

    [TestCaseSource(nameof(Streams))]
    [Finds("count-ahead", "written", "silent")]
    public void Check_AnEntryNeverWritten_IsFound(string stream) => Damage(
        stream, (damaged, place) => damaged.Lose(stream, place), place => stream != StreamNames.DeadLetters ? null
            : TextOf(stream, place, "stage") == "feed" ? "there are outside ticks, and one less cannot be told"
            : TextOf(stream, place, "resolves").Length > 0 ? "the letter is open again, and the door it went to too"
            : null);

    [TestCaseSource(nameof(Streams))]
    [Finds("outcome-twice", "position", "waiting")]
    public void Check_AnEntryThereTwice_IsFound(string stream) => Damage(
        stream, (damaged, place) => damaged.Repeat(stream, place),
        place => TextOf(stream, place, "stage") == "feed"
            ? "there are outside ticks, and one more cannot be told"
            : null);

    [TestCaseSource(nameof(Streams))]
    public void Check_TwoEntriesInTheOtherOrder_AreFound(string stream) => Damage(
        stream,
        (damaged, place) => damaged.Swap(stream, place, Neighbour(stream, place)),
        place => (stream, Named(stream, place), Named(stream, Neighbour(stream, place))) switch
        {
            (StreamNames.MarketData, false, false) => "nothing was said at either tick",
            (StreamNames.MarketData, _, _) when ((string[])["at", "symbol", "price"]).All(
                field => TextOf(stream, place, field) == TextOf(stream, Neighbour(stream, place), field))
                => "a signal says no more of its tick than time, symbol and price",
            (StreamNames.Rejected or StreamNames.DeadLetters or StreamNames.ControlLog, _, _) when
                TextOf(stream, place, "stage") != TextOf(stream, Neighbour(stream, place), "stage")
                || TextOf(stream, place, "stage") == "" => "two writers: their order is timing",
            (StreamNames.SignalsRaw, false, false) when TextOf(stream, place, "cause") == "" => "two outside signals",
            _ when IsSame(stream, place, Neighbour(stream, place)) => "they say the same: nothing was changed",
            _ => null,
        });

    [TestCaseSource(nameof(Streams))]
    public void Check_TwoCausesSwapped_AreFound(string stream)
    {
        if (stream is StreamNames.MarketData or StreamNames.DeadLetters or StreamNames.ControlLog) return;
        Damage(
            stream,
            (damaged, place) =>
            {
                var other = Neighbour(stream, place);
                var (causes, traces) = ((TextOf(stream, place, "cause"), TextOf(stream, other, "cause")),
                    (TextOf(stream, place, "trace"), TextOf(stream, other, "trace")));
                damaged.Change(stream, place, ("cause", causes.Item2), ("trace", traces.Item2));
                damaged.Change(stream, other, ("cause", causes.Item1), ("trace", traces.Item1));
            },
            place => TextOf(stream, place, "cause") == TextOf(stream, Neighbour(stream, place), "cause")
                ? "they have the same"
                : TextOf(stream, place, "cause").Length == 0
                    || TextOf(stream, Neighbour(stream, place), "cause").Length == 0
                    ? "an outside signal has none"
                    : TextOf(stream, place, "stage") != TextOf(stream, Neighbour(stream, place), "stage") ? "" : null);
    }

    /// <summary>What an operator noted, and the line of a file a letter names, are in no digest: no run over the same
    /// input would write them.</summary>
    private bool IsHashed(string stream, int place, string field) => stream switch
    {
        StreamNames.DeadLetters => field != "id" && TextOf(stream, place, "resolves").Length == 0,
        StreamNames.ControlLog => field != "after",
        _ => true,
    };

    /// <summary>Damages some entries of a stream, each alone; what is not found needs a reason.</summary>
    private void Damage(string stream, Action<PipelineCopy, int> damage, Func<int, string?> whyNot)
    {
        var random = new Random(Seed.Next());
        var last = _whole.Streams[stream].Count - 1;
        int[] places = [0, last, .. Enumerable.Range(0, 4 * Trials).Select(_ => random.Next(last + 1))];
        foreach (var place in places.Distinct())
        {
            var damaged = _whole.Clone();
            damage(damaged, place);
            if (!damaged.Check().IsClean) continue;
            var why = whyNot(place);
            Assert.That(why, Is.Not.Null, $"{stream}/{_whole.Streams[stream][place].Id} was not found");
            TestContext.Out.WriteLine($"cannot be found: {stream}/{_whole.Streams[stream][place].Id}: {why}");
        }
    }

    private int Neighbour(string stream, int place) => place + 1 < _whole.Streams[stream].Count ? place + 1 : place - 1;

    private bool IsSame(string stream, int place, int other) => _whole.Streams[stream][place].Fields.Encoded.Span
        .SequenceEqual(_whole.Streams[stream][other].Fields.Encoded.Span);

    /// <summary>Whether a signal was made of a tick, or anything was qualified of a signal.</summary>
    private bool Named(string stream, int place)
    {
        var next = stream == StreamNames.MarketData ? StreamNames.SignalsRaw : StreamNames.SignalsQualified;
        var id = _whole.Streams[stream][place].Id.ToString();
        return _whole.Streams[next].Any(entry => Stages.TestText.Of(entry, "cause") == id) || IsBuried(stream, place);
    }

    private bool IsBuried(string stream, int place) => _whole.Streams[StreamNames.DeadLetters].Any(letter =>
        Stages.TestText.Of(letter, "stream") == stream
        && Stages.TestText.Of(letter, "id") == _whole.Streams[stream][place].Id.ToString());

    private List<string> FieldsOf(string stream)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in _whole.Streams[stream])
            foreach (var field in entry.Fields) names.Add(Encoding.UTF8.GetString(field.Name));
        return [.. names];
    }

    private IEnumerable<int> PlacesWith(string stream, string field, Random random)
    {
        var places = Enumerable.Range(0, _whole.Streams[stream].Count)
            .Where(place => _whole.Streams[stream][place].Fields.TryGet(Encoding.UTF8.GetBytes(field), out _))
            .ToArray();
        random.Shuffle(places);
        return places.Take(Trials);
    }

    private string TextOf(string stream, int place, string field) =>
        Stages.TestText.Of(_whole.Streams[stream][place], field);

    /// <summary>Another good value, as near as there is one.</summary>
    private static string Other(string field, string value)
    {
        if (value is "buy" or "sell") return value == "buy" ? "sell" : "buy";
        if (field is "trace" or "cause" or "resolves" or "entry"
            && EntryId.TryParse(Encoding.UTF8.GetBytes(value), out var id))
            return (id with { Sequence = id.Sequence + 1 }).ToString();
        if (field == "at") return value[..^2] + (value[^2] == '1' ? '2' : '1') + value[^1];
        if (field == "resolution") return value == "dropped" ? "requeued" : "dropped";
        if (field == "kind") return "quote";
        if (field is "id" or "raw" or "sha256"
            || !decimal.TryParse(value, CultureInfo.InvariantCulture, out var number))
            return value is [.., >= '0' and <= '8'] ? value[..^1] + (char)(value[^1] + 1) : value + "x";
        var step = new decimal(1, 0, 0, false, number.Scale);
        return (number + step).ToString(CultureInfo.InvariantCulture).TrimEndZeros();
    }

    private static string Sha256(TradeOs.Host.CheckReport report, string stream) =>
        report.Streams.Single(line => line.Stream == stream).Sha256!;
}

/// <summary>Text of numbers as the product writes them.</summary>
internal static class NumberText
{
    public static string TrimEndZeros(this string number) =>
        number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;
}

using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>Indicators against values others computed and published.</summary>
public sealed class IndicatorTests
{
    private const string Skender = "expected/spy_2017_2018_skender_expected.csv";

    [Test]
    public void Ema20_OfSpy_IsSkenders() => Compare(
        Column(Skender, "ema_ema"), Rows(Skender), ExponentialAverage.Empty,
        (average, bar) => average.Add(bar.Close, 20), average => average.IsReady ? average.Value : null);

    [Test]
    public void Rsi14_OfSpy_IsSkenders() => Compare(
        Column(Skender, "rsi_rsi"), Rows(Skender), RelativeStrength.Empty,
        (index, bar) => index.Add(bar.Close, 14), index => index.Value);

    [Test]
    public void Atr14_OfSpy_IsSkenders() => Compare(
        Column(Skender, "atr_atr"), Rows(Skender), AverageTrueRange.Empty,
        (range, bar) => range.Add(bar, 14), range => range.Value);

    [Test]
    public void Indicators_OfSpy_HaveTheValuesPublished()
    {
        var rsi = Column(Skender, "rsi_rsi");

        Assert.That(rsi[13], Is.Null);
        Assert.That(rsi[14], Is.EqualTo(62.0541).Within(0.00005));
        Assert.That(rsi[501], Is.EqualTo(42.0773).Within(0.00005));
        Assert.That(Column(Skender, "ema_ema")[501], Is.EqualTo(249.3519).Within(0.00005));
    }

    [Test]
    public void Ema14_OfAnotherSpySeries_IsTheirs()
    {
        const string path = "expected/spy_ema.csv";
        var closes = Column(path, "close").Select(close => new FinishedBar(close!.Value, close.Value, close.Value));

        Compare(
            Column(path, "EMA14"), closes, ExponentialAverage.Empty,
            (average, bar) => average.Add(bar.Close, 14), average => average.IsReady ? average.Value : null, 1e-6);
    }

    [Test]
    public void WilderAverage_OfTrueRangesThatStartWithHighLessLow_IsTheirs()
    {
        const string path = "expected/spy_atr_wilder.txt";
        var before = double.NaN;
        var ranges = Rows(path).Select(bar =>
        {
            var range = double.IsNaN(before)
                ? bar.High - bar.Low
                : Math.Max(bar.High, before) - Math.Min(bar.Low, before);
            before = bar.Close;
            return new FinishedBar(range, range, range);
        });

        Compare(
            Column(path, "Average True Range 14"), ranges, WilderAverage.Empty,
            (average, range) => average.Add(range.Close, 14),
            average => average.IsReady ? average.Value : null, 1e-4);
    }

    [TestCase(new double[] { 1, 2, 3, 4 }, 100, TestName = "only rises")]
    [TestCase(new double[] { 4, 3, 2, 1 }, 0, TestName = "only falls")]
    [TestCase(new double[] { 2, 2, 2, 2 }, 50, TestName = "no move at all")]
    public void Rsi_OfAOneSidedMarket_IsAtItsEnd(double[] closes, double expected) => Assert.That(
        closes.Aggregate(RelativeStrength.Empty, (index, close) => index.Add(close, 3)).Value, Is.EqualTo(expected));

    [Test]
    public void Donchian_OfSpy_IsHighestAndLowestOfTheLastBars()
    {
        var bars = Rows(Skender);
        var channel = DonchianChannel.Empty;
        for (var index = 0; index < bars.Length; index++)
        {
            channel = channel.Add(bars[index], 20, 10);

            double? highest = index < 19 ? null : bars[(index - 19)..(index + 1)].Max(bar => bar.High);
            double? lowest = index < 9 ? null : bars[(index - 9)..(index + 1)].Min(bar => bar.Low);
            Assert.That((channel.Highest(20), channel.Lowest(10)), Is.EqualTo((highest, lowest)), $"bar {index}");
        }
    }

    /// <summary>Of a market that stands at 100 every average is 100, whatever an operator does to the period, and what
    /// is an average once stays one.</summary>
    [TestCase(10, 10, 30, TestName = "lengthened once there is an average")]
    [TestCase(10, 10, 3, TestName = "shortened once there is an average")]
    [TestCase(10, 5, 30, TestName = "lengthened while it is being seeded")]
    [TestCase(10, 5, 3, TestName = "shortened while it is being seeded")]
    public void Averages_OfAPeriodThatOptionsChanged_AreAveragesAllTheSame(int before, int seen, int after)
    {
        var (exponential, wilder) = (ExponentialAverage.Empty, WilderAverage.Empty);
        for (var value = 1; value <= 60; value++)
        {
            var period = value <= seen ? before : after;
            (exponential, wilder) = (exponential.Add(100, period), wilder.Add(100, period));

            var isReady = value >= (seen == before ? before : Math.Max(after, seen + 1));
            Assert.That((exponential.IsReady, wilder.IsReady), Is.EqualTo((isReady, isReady)), $"value {value}");
            Assert.That(exponential.Value, Is.EqualTo(isReady ? 100 : 100 * value).Within(1e-9), $"value {value}");
            Assert.That(wilder.Value, Is.EqualTo(isReady ? 100 : 100 * value).Within(1e-9), $"value {value}");
        }
    }

    /// <summary>Nothing in a state can be computed from the rest of it, and nothing is said of what is over.</summary>
    [Test]
    public void State_OfStrategiesThatHaveSeenEnough_SaysWhatTheyRemember()
    {
        var state = new SymbolStrategies(
            AverageTrueRange.Empty.Add(new FinishedBar(3, 1, 2), 2),
            new(new EmaCrossIndicators(new(5.5, null), new(4, 1)), null),
            new(new RelativeStrength(7, new(1, null), new(2, null)), null),
            new(DonchianChannel.Empty.Add(new FinishedBar(3, 1, 2), 2, 1), null));

        var text = JsonSerializer.Serialize(state, StateJson.Default.SymbolStrategies);

        Assert.That(text, Is.EqualTo(
            """
            {"range":{"close":2,"average":{"value":0,"seeding":0}},
            "emaCross":{"indicators":{"fast":{"value":5.5},"slow":{"value":4,"seeding":1}}},
            "rsiReversion":{"indicators":{"close":7,"gains":{"value":1},"losses":{"value":2}}},
            "donchianBreakout":{"indicators":{"highs":{"count":1,"values":[3],"ages":[0]},
            "lows":{"count":1,"values":[1],"ages":[0]}}}}
            """.ReplaceLineEndings("")));
        Assert.That(
            () => JsonSerializer.Deserialize("""{"value":4,"count":1}""", StateJson.Default.WilderAverage),
            Throws.TypeOf<JsonException>());
    }

    /// <summary>Values that tie, a period that options shorten and lengthen: as if every value were kept.</summary>
    [Test]
    public void RollingExtreme_OfAnyValuesAndPeriods_IsThatOfTheLastValues([Values] bool isHighest)
    {
        var random = new Random(Seed.Next());
        var extreme = isHighest ? Extreme.Highest : Extreme.Lowest;
        var (rolling, last, value, period) = (RollingExtreme.Empty, new List<double>(), 0, 5);
        for (var index = 0; index < 5_000; index++)
        {
            if (random.Next(50) == 0) period = random.Next(1, 30);
            value += random.Next(-2, 3);
            rolling = rolling.Add(value, period, extreme);
            last = [.. last.Append(value).TakeLast(period)];

            foreach (var asked in (int[])[period, random.Next(1, period + 1)])
            {
                var seen = last.TakeLast(asked).ToList();
                double? expected = seen.Count < asked ? null : isHighest ? seen.Max() : seen.Min();
                Assert.That(rolling.Value(asked), Is.EqualTo(expected), $"value {index}, period {asked} of {period}");
            }
        }
    }

    /// <summary>What a later value beats is not kept: a state is written at every bar.</summary>
    [Test]
    public void RollingExtreme_OfValuesThatRise_KeepsOneHighestAndEveryLowest()
    {
        var (highest, lowest) = (RollingExtreme.Empty, RollingExtreme.Empty);
        for (var value = 1; value <= 100; value++)
            (highest, lowest) = (highest.Add(value, 20, Extreme.Highest), lowest.Add(value, 20, Extreme.Lowest));

        Assert.That((highest.Values[0], highest.Values.Length), Is.EqualTo((100d, 1)));
        Assert.That((lowest.Values[0], lowest.Values.Length), Is.EqualTo((81d, 20)));
    }

    private static void Compare<T>(
        double?[] expected, IEnumerable<FinishedBar> bars, T state, Func<T, FinishedBar, T> add, Func<T, double?> value,
        double tolerance = 1e-9)
    {
        var index = 0;
        foreach (var bar in bars)
        {
            state = add(state, bar);
            if (expected[index] is { } known)
                Assert.That(value(state), Is.EqualTo(known).Within(tolerance), $"row {index}");
            else
                Assert.That(value(state), Is.Null, $"row {index}");
            index++;
        }

        Assert.That(expected.Count(known => known is not null), Is.GreaterThan(100));
    }

    private static FinishedBar[] Rows(string path) =>
    [
        .. Column(path, "high").Zip(Column(path, "low"), Column(path, "close"))
            .Select(row => new FinishedBar(row.First!.Value, row.Second!.Value, row.Third!.Value)),
    ];

    private static double?[] Column(string path, string name)
    {
        var lines = Recorded.Lines(path);
        var column = Array.FindIndex(
            lines[0].Split(','), title => title.Equals(name, StringComparison.OrdinalIgnoreCase));
        return [.. lines.Skip(1).Where(line => line.Length > 0).Select(line => Number(line.Split(',')[column]))];
    }

    private static double? Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var value) && !double.IsNaN(value) ? value : null;
}

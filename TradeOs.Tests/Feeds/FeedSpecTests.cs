using NUnit.Framework;
using TradeOs.Host;

namespace TradeOs.Tests.Feeds;

public sealed class FeedSpecTests
{
    [TestCase("binance-trades:a/BTCUSDT-trades-2024-08-08.csv.gz", "BTCUSDT", "binance")]
    [TestCase("binance-trades:um-BTCUSD_PERP-trades-2020-08.csv", "BTCUSD_PERP", "binance")]
    [TestCase("binance-trades:any.csv,symbol=ETHUSDT,source=mine", "ETHUSDT", "mine")]
    [TestCase("ohlcv:gbpusd-m1-ask-2012.csv", "GBPUSD", "file")]
    [TestCase("ohlcv:6EH4.XCME_1min_bars.csv.gz", "6EH4", "file")]
    [TestCase("ohlcv:with,comma/spy.csv,symbol=SPY,dates=dmy,rows-max=5", "SPY", "file")]
    [TestCase("binance-aggtrades:um-BTCUSD_PERP-aggTrades-2020-08.csv", "BTCUSD_PERP", "binance")]
    [TestCase("binance-klines:a/cm-BTCUSD_PERP-1h-2023-10-27.csv", "BTCUSD_PERP", "binance")]
    [TestCase("binance-klines:ETHUSDT-15m-2023-10.csv.gz", "ETHUSDT", "binance")]
    [TestCase("binance-klines:ETHUSDT-1mo-2023.csv,symbol=A,source=b", "A", "b")]
    [TestCase("tardis-trades:any.csv", "", "")]
    [TestCase("tardis-quotes:any.csv,symbol=XBTUSD,source=mine", "XBTUSD", "mine")]
    [TestCase("ndjson:any.ndjson", "", "file")]
    [TestCase("ndjson:-,symbol=A,source=b", "A", "b")]
    [TestCase("some/BTCUSDT-trades-2024-08-08.csv.gz,symbol=A", "", "")]
    [TestCase("simulated", "", "simulated")]
    [TestCase("simulated:,symbols=2,rate=max,seed=7,count=10,step=5", "", "simulated")]
    [TestCase("simulated,rate=50", "", "simulated")]
    public void Parse_OfASpec_FindsSymbolAndSource(string text, string symbol, string source)
    {
        var spec = FeedSpec.Parse(text);

        Assert.That((spec.Symbol, spec.Source), Is.EqualTo((symbol, source)));
    }

    [Test]
    public void Parse_OfASimulation_TakesEveryOption()
    {
        var simulation = FeedSpec.Parse("simulated:symbols=2,rate=max,seed=7,step=5,count=10").Simulation;

        Assert.That(simulation, Is.EqualTo(new Simulation(2, null, 7, 5, 10)));
    }

    [Test]
    public void Parse_OfASimulationWithNothingSaid_HasDefaults() =>
        Assert.That(FeedSpec.Parse("simulated").Simulation, Is.EqualTo(new Simulation(3, 200, 1, 100, null)));

    [Test]
    public void Parse_OfAPathWithCommaAndOptions_KeepsBoth()
    {
        var spec = FeedSpec.Parse("ohlcv:C:\\a,b\\spy.csv,symbol=SPY,dates=dmy");

        Assert.That((spec.Path, spec.Dates), Is.EqualTo(("C:\\a,b\\spy.csv", DateOrder.DayFirst)));
    }

    [TestCase("", null)]
    [TestCase(",pace=max", null)]
    [TestCase(",pace=1x", 1.0)]
    [TestCase(",pace=0.01x", 0.01)]
    [TestCase(",pace=10000x", 10_000.0)]
    public void Parse_OfAPace_FindsTheFactor(string option, double? factor)
    {
        var spec = FeedSpec.Parse("ohlcv:spy.csv" + option);

        Assert.That((spec.Pace, spec.IsPaced), Is.EqualTo((factor, factor is not null)));
    }

    [TestCase("binance-candles:a.csv",
        "--feed binance-candles:a.csv: format \"binance-candles\" is unknown, expected one of binance-trades, " +
        "binance-aggtrades, binance-klines, tardis-trades, tardis-quotes, ohlcv, ndjson, simulated, or none alone. " +
        "Write FORMAT:PATH, e.g. --feed binance-trades:BTCUSDT-trades-2024-08-08.csv.gz; a file whose first rows " +
        "tell its format needs none: --feed ./FILE")]
    [TestCase("day",
        "--feed day: format \"day\" is unknown, expected one of binance-trades, binance-aggtrades, " +
        "binance-klines, tardis-trades, tardis-quotes, ohlcv, ndjson, simulated, or none alone. " +
        "Write FORMAT:PATH, e.g. --feed binance-trades:BTCUSDT-trades-2024-08-08.csv.gz; a file whose first rows " +
        "tell its format needs none: --feed ./FILE")]
    [TestCase("none",
        "--feed none: none is no feed among others, expected it alone, as --feed none. Take it out, or take the " +
        "others out.")]
    [TestCase("ohlcv",
        "--feed ohlcv: there is no path, expected ohlcv:PATH. Add the path of the file after the colon.")]
    [TestCase("ohlcv:",
        "--feed ohlcv:: there is no path, expected ohlcv:PATH. Add the path of the file after the colon.")]
    [TestCase("ohlcv,x",
        "--feed ohlcv,x: there is no path, expected ohlcv:PATH. Add the path of the file after the colon.")]
    [TestCase("ohlcv:spy.csv,symbl=SPY",
        "--feed ohlcv:spy.csv,symbl=SPY: option \"symbl\" is unknown, expected one of symbol, source, dates, " +
        "pace, rows-max. Take it out, or correct its name.")]
    [TestCase("ohlcv:spy.csv,symbol=SPY,x",
        "--feed ohlcv:spy.csv,symbol=SPY,x: \"x\" is no option, expected name=value. Take it out, or write its name.")]
    [TestCase("ohlcv:spy.csv,symbol=A,symbol=B",
        "--feed ohlcv:spy.csv,symbol=A,symbol=B: option \"symbol\" is there twice, expected once. Take one out.")]
    [TestCase("ohlcv:spy.csv,symbol=A B",
        "--feed ohlcv:spy.csv,symbol=A B: option \"symbol\" is \"A B\", expected 1 to 64 printable ASCII characters. " +
        "Correct it, or leave it out for its default.")]
    [TestCase("ohlcv:spy.csv,dates=ymd",
        "--feed ohlcv:spy.csv,dates=ymd: option \"dates\" is \"ymd\", expected mdy or dmy. Correct it, or leave it " +
        "out for its default.")]
    [TestCase("ohlcv:spy.csv,pace=0x",
        "--feed ohlcv:spy.csv,pace=0x: option \"pace\" is \"0x\", expected a factor from 0.01x to 10000x, such as " +
        "1x, or max. Correct it, or leave it out for its default.")]
    [TestCase("ohlcv:spy.csv,pace=2",
        "--feed ohlcv:spy.csv,pace=2: option \"pace\" is \"2\", expected a factor from 0.01x to 10000x, such as " +
        "1x, or max. Correct it, or leave it out for its default.")]
    [TestCase("simulated:pace=1x",
        "--feed simulated:pace=1x: option \"pace\" is unknown, expected one of symbols, rate, seed, step, count, " +
        "source. Take it out, or correct its name.")]
    [TestCase("ohlcv:-,symbol=SPY",
        "--feed ohlcv:-,symbol=SPY: bars are looked through before they are fed, expected a file, which can be read " +
        "twice. Write them to a file and name it.")]
    [TestCase("binance-trades:-",
        "--feed binance-trades:-: the file name \"-\" tells no symbol, expected SYMBOL-trades-... for " +
        "binance-trades. Add ,symbol=BTCUSDT")]
    [TestCase("simulated:rate=0",
        "--feed simulated:rate=0: option \"rate\" is \"0\", expected a whole number from 1 to 1000000. " +
        "Correct it, or leave it out for its default.")]
    [TestCase("simulated:symbols=1000",
        "--feed simulated:symbols=1000: option \"symbols\" is \"1000\", expected a whole number from 1 to 999. " +
        "Correct it, or leave it out for its default.")]
    public void Parse_OfWhatIsNoSpec_SaysWhatToDo(string text, string message) =>
        Assert.That(Assert.Throws<FeedSpecException>(() => FeedSpec.Parse(text))!.Message, Is.EqualTo(message));

    [TestCase("day.csv", "day.csv", "")]
    [TestCase("./day", "./day", "")]
    [TestCase("C:\\a\\day", "C:\\a\\day", "")]
    [TestCase("with,comma/a:b.csv,source=x", "with,comma/a:b.csv", "x")]
    public void Parse_OfAPathAlone_LeavesTheFormatToItsRows(string text, string path, string source)
    {
        var spec = FeedSpec.Parse(text);

        Assert.That((spec.Format, spec.Path), Is.EqualTo((FeedFormat.Unnamed, path)));
        Assert.That(spec.As(FeedFormat.Ndjson).Source, Is.EqualTo(source.Length > 0 ? source : "file"));
    }

    [TestCase("binance-trades", "SYMBOL-trades-...")]
    [TestCase("binance-aggtrades", "SYMBOL-aggTrades-...")]
    [TestCase("binance-klines", "SYMBOL-1m-...")]
    public void Parse_OfAFileWhoseNameTellsNoSymbol_SaysHowToGiveIt(string format, string name)
    {
        using var run = new FeedRun();
        var path = run.File("day.csv", "nothing that is known");

        var failure = Assert.Throws<FeedSpecException>(() => FeedSpec.Parse($"{format}:{path}"))!;

        Assert.That(failure.Message, Is.EqualTo(
            $"--feed {format}:{path}: the file name \"day.csv\" tells no symbol, expected {name} for {format}. " +
            "Add ,symbol=BTCUSDT"));
    }

    [Test]
    public void Parse_OfAPathThatLeadsNowhere_SaysThatBeforeItAsksForASymbol() => Assert.That(
        Assert.Throws<FeedSpecException>(() => FeedSpec.Parse("binance-trades:no/day.csv"))!.Message,
        Does.StartWith("no/day.csv: does not exist, expected a file or a directory of files."));

    [Test]
    public void Parse_OfAFileOfAnotherFormat_SaysThatBeforeItAsksForASymbol()
    {
        using var run = new FeedRun();
        var path = run.File("day.csv", "date,open,high,low,close\n2017-01-03,1,1,1,1\n");

        var failure = Assert.Throws<FeedSpecException>(() => FeedSpec.Parse($"binance-trades:{path}"))!;

        Assert.That(failure.Message, Is.EqualTo(
            $"{path} line 1: \"date,open,high,low,close\" is of format ohlcv, expected binance-trades. " +
            $"Write ohlcv:{path}"));
    }

    [Test]
    public void Parse_OfASimulationWithoutEndThatShouldEnd_SaysHowToGiveItOne()
    {
        var failure = Assert.Throws<FeedSpecException>(() => FeedSpecs.Parse(["simulated"], untilIdle: true))!;

        Assert.That(failure.Message, Is.EqualTo(
            "--until-idle never ends with an endless simulation; give it an end, e.g. " +
            "--feed simulated:count=10000,rate=max"));
    }

    [Test]
    public void Readme_NamesEveryFormat()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        foreach (var format in Enum.GetValues<FeedFormat>().Except([FeedFormat.Unnamed]))
            Assert.That(readme, Does.Match($@"\| (`[a-z-]+`, )*`{FeedSpec.WordOf(format)}`"), $"{format}");
    }
}

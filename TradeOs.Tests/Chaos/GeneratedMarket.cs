using System.Globalization;

namespace TradeOs.Tests.Chaos;

/// <summary>A made-up market that sends entries through every stream, and the settings it takes.</summary>
/// <remarks>
/// With the shipped strategies a recording of 19,904 rows makes about 74 signals, and nearly every commit is the
/// feed's. Here a third of the rows makes one, rejections and dead letters of feed and stages included, so a fault
/// lands in commits of every stage. The rows are the same every time: what is random is the harness.
/// </remarks>
internal static class GeneratedMarket
{
    private const int LinesShort = 3_000;
    private const int LinesLong = 6_000;
    private const int Symbols = 4;
    private const int Seed = 7;
    private const long FirstMs = 1_723_161_255_342;

    private static readonly Lazy<string> Written = new(Write);
    private static int _lines = LinesShort;

    /// <summary>Lines the feed takes; every fortieth is refused.</summary>
    public static int Rows => _lines - (_lines / 40);

    /// <summary>Path of the file, written when it is first asked for and removed with this process.</summary>
    public static string File => Written.Value;

    /// <summary>What to feed.</summary>
    public static string Feed => $"ndjson:{File},source=made";

    /// <summary>Settings with which it reaches every stream, as arguments.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        .. Set("Strategies:Bars:Interval", "00:00:00.016"), .. Set("Strategies:Bars:AtrPeriod", "2"),
        .. Set("Strategies:EmaCross:FastPeriod", "2"), .. Set("Strategies:EmaCross:SlowPeriod", "3"),
        .. Set("Strategies:RsiReversion:Period", "2"), .. Set("Strategies:RsiReversion:Oversold", "40"),
        .. Set("Strategies:DonchianBreakout:EntryBars", "2"), .. Set("Strategies:DonchianBreakout:ExitBars", "1"),
        .. Set("Qualifier:Cooldown", "00:00:00"), .. Set("Qualifier:ConfidenceMin", "0.6"),
        .. Set("Modifier:TargetVolatility", "0.01"), .. Set("Feasibility:PositionMax", "4000"),
        .. Set("Feasibility:RateMax", "10000"),
    ];

    /// <summary>Makes it twice as long for this process; called before anything is asked of it.</summary>
    public static void BeLong() => _lines = LinesLong;

    private static string[] Set(string key, string value) => ["--set", $"{key}={value}"];

    private static string Write()
    {
        var directory = new TemporaryDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => directory.Dispose();
        var path = directory["market.ndjson"];
        System.IO.File.WriteAllLines(path, Texts());
        return path;
    }

    private static IEnumerable<string> Texts()
    {
        var random = new Random(Seed);
        var prices = Enumerable.Range(0, Symbols).Select(symbol => 100.0 + (10 * symbol)).ToArray();
        var at = FirstMs;
        for (var line = 0; line < _lines; line++)
        {
            var symbol = random.Next(Symbols);
            prices[symbol] *= 1 + (0.004 * ((2 * random.NextDouble()) - 1));
            at += 1 + random.Next(3);
            yield return (line % 40) switch
            {
                39 => Trade(at, symbol, "-1", line),
                19 => Bar(at, symbol),
                _ => Trade(at, symbol, prices[symbol].ToString("0.00", CultureInfo.InvariantCulture), line),
            };
        }
    }

    private static string Trade(long at, int symbol, string price, int id) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"at\":{at},\"symbol\":\"S{symbol}\",\"kind\":\"trade\",\"price\":\"{price}\",\"qty\":\"0.5\"," +
        $"\"side\":\"{(id % 3 == 0 ? "sell" : "buy")}\",\"trade_id\":\"{id}\"}}");

    /// <summary>A good row that the signal engine must refuse: the symbol is one of trades.</summary>
    private static string Bar(long at, int symbol) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"at\":{at},\"symbol\":\"S{symbol}\",\"kind\":\"bar\",\"open\":\"1\",\"high\":\"1\",\"low\":\"1\"," +
        $"\"close\":\"1\",\"volume\":\"1\"}}");
}

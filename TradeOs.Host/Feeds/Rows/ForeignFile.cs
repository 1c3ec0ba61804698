namespace TradeOs.Host;

/// <summary>Files people have that no format takes, each known by its first line.</summary>
internal enum ForeignFile
{
    /// <summary>Lines of a time and the JSON a venue sent.</summary>
    Capture,

    /// <summary>
    /// The same as a table, by Binance-Data-Processor: <c>TimestampOfReceive,Stream,EventType,...</c>.
    /// </summary>
    CaptureTable,

    /// <summary>LEAN's ticks: milliseconds since midnight, price, quantity.</summary>
    TickOfDay,

    /// <summary>Time, price, amount, such as bitcoincharts' files.</summary>
    TickWithoutSide,

    /// <summary>A Tardis file of something other than trades or quotes.</summary>
    OtherTardis,
}

/// <summary>Why a foreign file cannot be fed, and what to do instead.</summary>
internal static class ForeignFiles
{
    // Makes bars of a minute of rows "seconds,price,amount"; prices stay the text they were.
    private const string ToBars =
        "BEGIN{print \"time,open,high,low,close,volume\"} {s=day+$1/unit; m=s-s%60; if(m!=t){if(n)p(); t=m; " +
        "o=h=l=$2; v=0; n=1} if($2+0>h+0)h=$2; if($2+0<l+0)l=$2; c=$2; v+=$3} END{if(n)p()} function " +
        "p(){printf \"%d,%s,%s,%s,%s,%.8f\\n\",t,o,h,l,c,v}";

    private const string CaptureToTrades =
        "{at:.T,symbol:.s,kind:\"trade\",price:.p,qty:.q,side:(if .m then \"sell\" else \"buy\" end),trade_id:.t}";

    private const string TableToTrades =
        "NR>1{printf \"{\\\"at\\\":%s,\\\"symbol\\\":\\\"%s\\\",\\\"kind\\\":\\\"trade\\\",\\\"price\\\":\\\"%s\\\"," +
        "\\\"qty\\\":\\\"%s\\\",\\\"side\\\":\\\"%s\\\",\\\"trade_id\\\":\\\"%s\\\"}\\n\"," +
        "$5,$6,$8,$9,$10==1?\"sell\":\"buy\",$7}";

    /// <summary>
    /// What the file is, what was expected, and a command line that makes something of it that is taken.
    /// </summary>
    public static string Why(ForeignFile foreign, FeedFile file)
    {
        var print = file.Packing switch
        {
            FeedPacking.Gzip => "zcat",
            FeedPacking.Zip => "unzip -p",
            _ => "cat",
        };
        return foreign switch
        {
            ForeignFile.Capture =>
                "is of a raw capture (time of receipt, then what the venue sent), expected rows of market data. Make " +
                $"ndjson of its trades: {print} {file.Path} | cut -d' ' -f2- | jq -c " +
                $"'.data|select(.e==\"trade\")|{CaptureToTrades}' > trades.ndjson",
            ForeignFile.CaptureTable =>
                "is the header of a capture made a table, expected rows of market data. Make ndjson of it: " +
                $"{print} {file.Path} | awk -F, '{TableToTrades}' > trades.ndjson",
            ForeignFile.TickOfDay =>
                "is a tick of LEAN: milliseconds since midnight, price and quantity; its day stands in the file's " +
                "name only, and which side took the other's order nowhere, expected both in the row. Make bars of " +
                $"it: {print} {file.Path} | awk -F, -v unit=1000 -v day=$(date -ud {DayOf(file.Name)} +%s) " +
                $"'{ToBars}' " +
                "> bars.csv",
            ForeignFile.TickWithoutSide =>
                "has a time, a price and an amount only, expected a trade's side and id as well: they cannot be " +
                $"guessed. Make bars of it: {print} {file.Path} | awk -F, -v unit=1 -v day=0 '{ToBars}' > bars.csv",
            _ =>
                "is the header of another kind of Tardis file, expected that of trades or of quotes (best bid and " +
                "ask). Fetch data type trades or quotes.",
        };
    }

    /// <summary><c>2024-08-09</c> of <c>20240809_trade.zip</c>; what to put there, of any other name.</summary>
    private static string DayOf(string name) =>
        name.Length > 8 && !name.AsSpan(0, 8).ContainsAnyExceptInRange('0', '9')
            ? $"{name[..4]}-{name[4..6]}-{name[6..8]}"
            : "YEAR-MONTH-DAY";
}

using System.Globalization;
using TradeOs.Stages;

namespace TradeOs.Tests.Doors;

/// <summary>Entries as they should be, for every stream: each is new, none is refused.</summary>
internal static class GoodEntries
{
    /// <summary>A name in the entries of every stream a stage reads, and one whose value is a number.</summary>
    public const string TextField = "symbol";

    /// <summary>Good entry number <paramref name="number"/>, from 0, of a stream.</summary>
    public static OutsideEntry Of(string stream, int number) => OutsideEntry.Of(Text(stream, number));

    /// <summary>A field of that stream that must be a number above 0.</summary>
    public static string NumberFieldOf(string stream) => stream == StreamNames.Outcomes ? "entry_price" : "price";

    /// <summary>An intent that passes every limit.</summary>
    private static string Intent(int number) =>
        $"intent_id=I-{number + 1} symbol=G{number} strategy=s side=buy qty=1 price=100 bid=99.9 ask=100.1 volume=5 " +
        "notional=100";

    private static string Signal(int number) =>
        $"symbol=G{number} strategy=s side=buy price=100 bid=99.9 ask=100.1 volume=5 confidence=1 reason=r atr=0.5";

    private static string Text(string stream, int number) => "at=" + At(number) + " " + stream switch
    {
        StreamNames.MarketData =>
            $"source=out symbol=G kind=trade price={Wave(number)} qty=1 side=buy trade_id={number}",
        StreamNames.SignalsRaw or StreamNames.SignalsQualified => Signal(number),
        StreamNames.SignalsModified => Signal(number) + " weight=1 volatility=0.005",
        StreamNames.TradeIntents => Intent(number),
        StreamNames.TradeApproved => $"order_id=paper-{number + 1} " + Intent(number),
        StreamNames.Fills =>
            $"order_id=paper-{number + 1} exec_id=paper-{number + 1}-1 symbol=G{number / 2} strategy=s " +
            $"side={(number % 2 == 0 ? "buy" : "sell")} qty=1 price=100 fee=0.1 fee_asset=quote",
        StreamNames.Outcomes =>
            $"symbol=G{number} strategy=s side=buy qty=1 entry_price=100 exit_price=101 pnl=1 fees=0 return=0.01 " +
            "held_ms=5 result=win open_qty=0 open_price=0",
        StreamNames.Metrics =>
            "trades=1 wins=1 win_rate=1 gross_pnl=1 fees=0 net_pnl=1 profit_factor=0 max_drawdown=0 sharpe=0 " +
            "equity=100001",
        StreamNames.Rejected => "stage=feasibility code=RATE_LIMIT detail=much symbol=G",
        _ => "stage=feasibility stream=trade.intents id=1-0 error=none length=0 sha256=0 raw=",
    };

    /// <summary>Ten seconds of rise, then ten of fall: enough for strategies to speak.</summary>
    private static string Wave(int number)
    {
        var step = number % 40;
        return (100 + (step < 20 ? step : 40 - step)).ToString(CultureInfo.InvariantCulture);
    }

    private static string At(int number) => Canonical.Text(new DateTime(2024, 8, 8, 12, 0, 0, DateTimeKind.Utc)
        .AddSeconds(number));
}

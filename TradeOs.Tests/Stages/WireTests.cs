using System.Globalization;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>Entries as an operator sees them: fields and their order are a contract.</summary>
public sealed class WireTests
{
    private const string Head = "at=2024-08-08T12:00:00.000000Z trace=7-0 cause=8-0 ";
    private const string SignalText =
        "symbol=BTCUSDT strategy=ema-cross side=buy price=100 bid=99.9 ask=100.1 volume=50 " +
        "confidence=0.8 reason=cross-up atr=0.05";

    private const string IntentText =
        "intent_id=I-3 symbol=BTCUSDT strategy=ema-cross side=sell qty=10 price=100 bid=100 ask=100 " +
        "volume=50 notional=1000";

    private static readonly TestCaseData[] Rows =
    [
        Row(Sample.Buy, SignalText),
        Row(Sample.Buy with { AverageTrueRange = null }, SignalText[..^" atr=0.05".Length]),
        Row(Sample.Weighted(Sample.Buy, 0.25m), SignalText + " weight=0.25 volatility=0.0005"),
        Row(Sample.Intent(3, Side.Sell), IntentText),
        Row(Sample.Order(3, Side.Sell), "order_id=paper-3 " + IntentText),
        Row(
            Sample.Fill(5, Side.Buy, 1.50m, 2m, 0.10m) with { At = Sample.Noon },
            "order_id=paper-5 exec_id=paper-5-1 symbol=BTCUSDT strategy=ema-cross side=buy qty=1.5 price=2 " +
            "fee=0.1 fee_asset=quote"),
        Row(
            Sample.Outcome(-1, -0.01m, 0.5m),
            "symbol=BTCUSDT strategy=ema-cross side=buy qty=1 entry_price=100 exit_price=99 pnl=-1 fees=0.5 " +
            "return=-0.01 held_ms=5 result=loss open_qty=0 open_price=0"),
        Row(
            new MetricsSnapshot(Sample.Noon, 3, 1, 0.333333m, 1, 2, -1, 0.5m, 0.01m, -0.12345678m, 99.5m),
            "trades=3 wins=1 win_rate=0.333333 gross_pnl=1 fees=2 net_pnl=-1 " +
            "profit_factor=0.5 max_drawdown=0.01 sharpe=-0.12345678 equity=99.5"),
    ];

    [TestCaseSource(nameof(Rows))]
    public async Task Message_Written_HasTheStreamsFieldsInOrder(Message message, string expected)
    {
        var entry = await EntryOfAsync(
            writer => message.Write(writer, new Origin(new EntryId(7, 0), new EntryId(8, 0))));

        Assert.That(entry.Fields.ToString(), Is.EqualTo(Head + expected));
    }

    [TestCaseSource(nameof(Rows))]
    public async Task Message_WrittenAndRead_IsTheSame(Message message, string _)
    {
        var entry = await EntryOfAsync(
            writer => message.Write(writer, new Origin(new EntryId(7, 0), new EntryId(8, 0))));

        Assert.That(Read(message, entry.Fields, out var trace), Is.EqualTo(message));
        Assert.That(trace, Is.EqualTo(new EntryId(7, 0)));
    }

    [Test]
    public async Task Rejection_Written_NamesTheStage()
    {
        var entry = await EntryOfAsync(writer => new Rejection(Sample.Noon, "COOLDOWN", "too soon", "BTCUSDT")
            .Write(writer, new Origin(new EntryId(7, 0), new EntryId(8, 0)), "signal-qualifier"));

        Assert.That(entry.Fields.ToString(), Is.EqualTo(
            Head + "stage=signal-qualifier code=COOLDOWN detail=too soon symbol=BTCUSDT"));
    }

    [TestCase("-0", "0")]
    [TestCase("-0.000", "0")]
    [TestCase("0.0", "0.0")]
    public void Decimal_OfZero_IsNeverNegative(string text, string read)
    {
        Assert.That(Canonical.TryDecimal(Encoding.ASCII.GetBytes(text), out var value), Is.True);
        Assert.That(decimal.IsNegative(value), Is.False);
        Assert.That(value, Is.EqualTo(decimal.Parse(read, CultureInfo.InvariantCulture)));
    }

    [Test]
    public async Task Signal_FromOutside_NeedsNoProvenanceAndNoFixedOrder()
    {
        var written = await new StageBench("signal-qualifier").ShowAsync(
            "reason=mine confidence=1 volume=0 ask=2 bid=1 price=1.5 side=sell strategy=mine symbol=X " +
            "at=2024-08-08T12:00:00Z");

        Assert.That(written[0].Fields.ToString(), Is.EqualTo(
            "at=2024-08-08T12:00:00.000000Z trace=1-0 cause=1-0 symbol=X strategy=mine side=sell price=1.5 " +
            "bid=1 ask=2 volume=0 confidence=1 reason=mine"));
    }

    [Test]
    public async Task State_OfASymbolAndStrategy_IsKeptUnderBothAndRemovedWhenEmpty()
    {
        var bench = new StageBench("intent-planner");
        const string signal = "at=2024-08-08T12:00:00Z symbol=A:B strategy=s price=1 bid=1 ask=1 volume=0 " +
            "confidence=1 reason=r weight=1 volatility=0";

        await bench.ShowAsync(signal + " side=buy");
        var open = bench.State.OrderBy(piece => piece.Key, StringComparer.Ordinal).ToArray();
        await bench.ShowAsync(signal + " side=sell");

        Assert.That(open.Select(piece => piece.Key), Is.EqualTo([":shared", "A%3AB:s"]));
        Assert.That(open[0].Value, Is.EqualTo("{\"intents\":1}"));
        Assert.That(bench.State.Keys, Is.EqualTo([":shared"]));
    }

    private static async Task<Entry> EntryOfAsync(Action<FieldWriter> write)
    {
        var bus = new InMemoryStreamBus(new MemoryStore(new Dictionary<string, StreamLimit>()));
        var writer = await bus.OpenAsync(
            new ReaderDefinition("writer", null, ReadMode.Offset, ["wire"], 1), CancellationToken.None);
        var batch = new Batch();
        write(batch.Append("wire"));
        await writer.CommitAsync(batch, CancellationToken.None);
        return (await bus.RangeAsync("wire", EntryId.Zero, 1, CancellationToken.None))[0];
    }

    private static Message? Read(Message message, Fields fields, out EntryId trace)
    {
        Decoder<Message> decode = message switch
        {
            Signal => Signal.Read,
            ModifiedSignal => ModifiedSignal.Read,
            Intent => Intent.Read,
            Order => Order.Read,
            Fill => Fill.Read,
            Outcome => Outcome.Read,
            _ => MetricsSnapshot.Read,
        };
        var found = FieldReader.Read(fields, decode, out var reader);
        trace = reader.Trace;
        return reader.Error is null ? found : null;
    }

    private static TestCaseData Row(Message message, string expected) =>
        new TestCaseData(message, expected).SetArgDisplayNames($"{message.GetType().Name} {expected.Length}");
}

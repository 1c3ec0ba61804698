using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;
using Outcome = TradeOs.Stages.Outcome;

namespace TradeOs.Tests.Stages;

/// <summary>What must hold for any input, tried on many.</summary>
public sealed class PropertyTests
{
    private static readonly Gen<decimal> Amounts =
        from whole in Gen.Choose(1, 1_000_000)
        from places in Gen.Choose(0, 8)
        select new decimal(whole, 0, 0, false, (byte)places);

    private static readonly Gen<Fill> Fills =
        from number in Gen.Choose(1, 1000)
        from side in Gen.Elements(Side.Buy, Side.Sell)
        from quantity in Amounts
        from price in Amounts
        from fee in Amounts
        select Sample.Fill(number, side, quantity, price, fee);

    [Test]
    public void Outcomes_OfAnyFills_ConserveUnitsAndFees() => Hold(Fills.ArrayOf(), fills =>
    {
        var stage = new OutcomeTracker();
        var (book, closed, fees, refused) = ((Book?)null, 0m, 0m, 0m);
        foreach (var fill in fills)
        {
            var held = book?.Quantity ?? 0;
            var decision = stage.Decide(null, book, fill);
            book = decision.Keyed;
            closed += decision.Messages.OfType<Outcome>().Sum(outcome => outcome.Quantity.Value);
            fees += decision.Messages.OfType<Outcome>().Sum(outcome => outcome.Fees);
            if (decision.Messages.OfType<Rejection>().Any()) refused += fill.Quantity.Value - held;
        }

        var open = book?.Quantity ?? 0;
        var bought = fills.Where(fill => fill.Side == Side.Buy).Sum(fill => fill.Quantity.Value);
        var sold = fills.Where(fill => fill.Side == Side.Sell).Sum(fill => fill.Quantity.Value);
        var left = book?.Lots.Sum(lot => lot.Fee) ?? 0;
        return closed + open == bought && closed + refused == sold
            && (refused > 0 || fees + left == fills.Sum(fill => fill.Fee));
    });

    [Test]
    public void CanonicalDecimal_OfAnyDecimal_ReadsBackTheSameAndHasOneText() => Hold(Decimals(), value =>
    {
        var text = Text(value);
        return decimal.Parse(text, CultureInfo.InvariantCulture) == value
            && (Canonical.TryDecimal(Encoding.ASCII.GetBytes(text), out var read)
                ? read == value
                : Math.Abs(value) > Canonical.AmountMax)
            && !text.Contains('E') && text != "-0" && !text.EndsWith('.')
            && !(text.Contains('.') && text.EndsWith('0'));
    });

    [Test]
    public void CanonicalDecimal_OfAnyText_AgreesWithTheLibrary()
    {
        const NumberStyles plain = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        var texts = Gen.Elements("0123456789.-+e, ".ToCharArray()).ArrayOf().Select(letters => new string(letters));

        Hold(texts, text =>
        {
            var isNumber = decimal.TryParse(text, plain, CultureInfo.InvariantCulture, out var expected)
                && Math.Abs(expected) <= Canonical.AmountMax && text.Length < 64;
            return Canonical.TryDecimal(Encoding.ASCII.GetBytes(text), out var found) == isNumber
                && (!isNumber || found == expected);
        });
    }

    [Test]
    public void CanonicalTime_OfAnyTime_ReadsBackToTheMicrosecond()
    {
        var times = ArbMap.Default.GeneratorFor<DateTime>().Select(
            time => DateTime.SpecifyKind(time, DateTimeKind.Utc));

        Hold(times, time =>
        {
            var text = new byte[Canonical.TimeBytes];
            Canonical.Write(time, text);
            return Canonical.TryTime(text, out var read) && read.Kind == DateTimeKind.Utc
                && read.Ticks == time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond);
        });
    }

    [Test]
    public void CanonicalTime_OfAnyBytes_NeverThrows() => Hold(
        Gen.Elements("0123456789-:.TZx\u00ff".Select(letter => (byte)letter).ToArray()).ArrayOf(27),
        bytes => Canonical.TryTime(bytes, out _) || true);

    [Test]
    public void StateKey_OfAnyNames_HasATextOfItsOwn()
    {
        var names = Gen.Elements("a:%3A25".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        var keys = from owner in names from part in names select new StateKey("x" + owner, part);

        Hold(keys.Two(), pair => pair.Item1 == pair.Item2 == (pair.Item1.ToString() == pair.Item2.ToString()));
    }

    [Test]
    public async Task Stages_OnAnyEntry_DecideOrBuryButNeverThrow()
    {
        var names = Gen.Elements(
            "at source symbol kind price qty side trade_id bid ask intent_id order_id x".Split(' '));
        var values = Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>().Where(bytes => bytes is not null),
            Gen.Elements("2024-08-08T12:00:00Z", "B", "1", "trade", "buy", "0", "-1", "I-1", "bar").Select(
                Encoding.ASCII.GetBytes));
        var fields = from name in names from value in values select (Name: Encoding.ASCII.GetBytes(name), Value: value);
        var entries = fields.NonEmptyListOf().Select(list => list.ToArray());

        foreach (var stage in Topology.Stages)
        {
            foreach (var entry in entries.Sample(100))
            {
                var written = await new StageBench(stage.Name).ShowAsync(
                    writer => Array.ForEach(entry, field => writer.Add(field.Name, field.Value)));
                Assert.That(written, Has.Count.LessThanOrEqualTo(1));
            }
        }
    }

    private static void Hold<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(generator.ToArbitrary(), property).QuickCheckThrowOnFailure();

    private static Gen<decimal> Decimals() =>
        from low in ArbMap.Default.GeneratorFor<int>()
        from middle in Gen.Frequency((3, Gen.Constant(0)), (1, ArbMap.Default.GeneratorFor<int>()))
        from high in Gen.Frequency((5, Gen.Constant(0)), (1, ArbMap.Default.GeneratorFor<int>()))
        from isNegative in Gen.Elements(true, false)
        from places in Gen.Choose(0, 28)
        select new decimal(low, middle, high, isNegative, (byte)places);

    private static string Text(decimal value)
    {
        Span<byte> text = stackalloc byte[40];
        return Encoding.ASCII.GetString(text[..Canonical.Write(value, text)]);
    }
}

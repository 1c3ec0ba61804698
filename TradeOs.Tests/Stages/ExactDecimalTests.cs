using System.Globalization;
using System.Text;
using NUnit.Framework;
using TradeOs.Bus;
using TradeOs.Stages;

namespace TradeOs.Tests.Stages;

/// <summary>A number is what was written or nothing: the library rounds without a word.</summary>
public sealed class ExactDecimalTests
{
    private static readonly TestCaseData[] Texts =
    [
        new("0.1234567890123456789012345678", false, "0.1234567890123456789012345678"),
        new("2.3333333333333333333333333333", false, "2.3333333333333333333333333333"),
        new("0.12345678901234567890123456789012", false, null),
        new("61837.6300000000000000000000000000000000", false, "61837.63"),
        new("61837.6300000000000000000000000000000001", false, null),
        new("-1.00000000000000000000000000001", false, null),
        new("0.00000000000000000000000000001", false, null),
        new("0.00000000000000000000000000000000000000", false, "0"),
        new("9999999999999999.99999999999999", false, null),
        new("1e-28", true, "0.0000000000000000000000000001"),
        new("100e-30", true, "0.0000000000000000000000000001"),
        new("1e-29", true, null),
        new("1e-99999999999", true, null),
        new("0e-99", true, "0"),
        new("1.5E+3", true, "1500"),
        new("1e3", false, null),
    ];

    [TestCaseSource(nameof(Texts))]
    public void Number_WithMoreDigitsThanFit_IsRefusedAndNeverRounded(string text, bool takesExponent, string? expected)
    {
        var isNumber = ExactDecimal.TryParse(Encoding.ASCII.GetBytes(text), takesExponent, out var value);

        Assert.That(isNumber, Is.EqualTo(expected is not null));
        if (expected is not null) Assert.That(value, Is.EqualTo(decimal.Parse(expected, CultureInfo.InvariantCulture)));
    }

    [Test]
    public void Door_OfAPriceWithMoreDigitsThanFit_SaysSo()
    {
        var letter = Doubt("61837.63000000000000000000000000001");

        Assert.That(letter, Does.StartWith(
            "field 'price' is \"61837.63000000000000000000000000001\", expected a price from "));
        Assert.That(letter, Does.EndWith(", of at most 28 digits"));
    }

    private static string? Doubt(string price)
    {
        var fields = new FieldsBuilder();
        var names = new[] { "at", "source", "symbol", "kind", "price", "qty", "side", "trade_id" };
        var values = new[] { "2024-08-08T12:00:00Z", "a", "X", "trade", price, "1", "buy", "1" };
        for (var index = 0; index < names.Length; index++)
            fields.Add(Encoding.ASCII.GetBytes(names[index]), Encoding.ASCII.GetBytes(values[index]));
        _ = MarketEvent.Read(fields.Build(), out var error);
        return error;
    }
}
